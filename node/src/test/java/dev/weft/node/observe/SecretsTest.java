package dev.weft.node.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "python train.py --password hunter2 --epochs 3|python train.py --password *** --epochs 3",
                "python train.py --api-key=k1 'my data.csv' > out.log|python train.py --api-key=*** 'my data.csv' > out.log",
                "AWS_SECRET_ACCESS_KEY='a b' ./run.sh && rm -r tmp|AWS_SECRET_ACCESS_KEY=*** ./run.sh && rm -r tmp",
                "psql postgres://ada:pw1@db/x|psql postgres://ada:***@db/x",
                "sh -c \"fetch --token t0 && go\"|sh -c \"fetch --token *** && go\"",
                "sh -c 'a \"b --password x\"' --n 1|sh -c 'a \"b --password ***\"' --n 1",
                "sh -c \"f --token \\\"a b\\\" c\"|sh -c \"f --token *** c\"",
                "curl --header 'Authorization: Bearer x9' u|curl --header 'Authorization: Bearer ***' u",
                "curl -H \"Proxy-Authorization:Basic dTpw==\" u|curl -H \"Proxy-Authorization:Basic ***\" u",
                "curl -H 'X-Auth-Token: x9' -H 'Accept: */*'|curl -H 'X-Auth-Token: ***' -H 'Accept: */*'",
                "t --config '{\"password\": \"x \\\" y\", \"n\": 1}'|t --config '{\"password\": \"***\", \"n\": 1}'",
                "t --config \"{\\\"secret\\\": \\\"x y\\\"}\" z|t --config \"{\\\"secret\\\": \\\"***\\\"}\" z",
                "t --set \"{user: ada, password: x, n: 1}\"|t --set \"{user: ada, password: ***, n: 1}\"",
                "docker run --env=DB_PASSWORD=x -v /t/token:/t img|docker run --env=DB_PASSWORD=*** -v /t/token:/t img",
                "t 'jdbc:x://h/d?user=u&password=x' 1|t 'jdbc:x://h/d?user=u&password=***' 1",
                "psql postgres://ada:p@ss@db/x|psql postgres://ada:***@db/x",
                "java Token::parse token:/run/t|java Token::parse token:/run/t",
                "train --tokenizer bert --max-new-tokens 64|train --tokenizer bert --max-new-tokens 64",
                "login --token \"$TOKEN\"; echo done|login --token ***; echo done",
                "git clone https://example.org/a.git|git clone https://example.org/a.git",
            })
    void line_losesItsSecretsAndNothingElse(String line, String kept) {
        assertThat(Secrets.line(line)).isEqualTo(kept);
    }

    @Test
    void lineThatNoShellWouldTake_isReadToItsEnd() {
        for (String line : List.of("", " ", "\\", "'", "a\\", "\"\\\"", "token'a'".repeat(100_000), "@;;&&((")) {
            assertThat(Secrets.line(line)).isEqualTo(line);
        }
        assertThat(Secrets.line("\"--token x")).isEqualTo("\"--token ***");
        assertThat(Secrets.line("{\"token\": \"x")).startsWith("{\"token\": ").doesNotContain("x");
        assertThat(Secrets.line("x ".repeat(50_000) + "--token y")).endsWith("--token ***");
    }

    @Test
    void commandOfARun_isMaskedAsALineIs() {
        CommandLine command = new CommandLine(List.of("python", "a b.py", "--password", "hunter2", "--x=y", "TOKEN=t"));
        assertThat(command.text()).isEqualTo("python 'a b.py' --password *** --x=y TOKEN=***");
        assertThat(Secrets.line("python 'a b.py' --password hunter2 --x=y TOKEN=t"))
                .isEqualTo(command.text());
        assertThat(command.parameters().toString()).isEqualTo("{\"password\":\"***\",\"x\":\"y\"}");
    }

    @Test
    void parametersOfARun_areMaskedAsItsCommandIs() {
        CommandLine command = new CommandLine(List.of(
                "train",
                "--db=postgres://u:hunter2@h/d",
                "--header",
                "Authorization: Bearer hunter3",
                "--then",
                "go --password hunter4; export DB_PASSWORD=hunter5"));
        assertThat(command.text() + command.parameters()).doesNotContain("hunter");
        assertThat(command.parameters().get("db").getAsString()).isEqualTo("postgres://u:***@h/d");
        assertThat(command.parameters().get("then").getAsString())
                .isEqualTo("go --password ***; export DB_PASSWORD=***");
        assertThat(command.text()).contains("'go --password ***; export DB_PASSWORD=***'");
    }

    @Test
    void longText_isReadInTimeThatGrowsWithIt() {
        for (String piece :
                List.of("a", "\\", "\"", "\\\"", "'\"", "x=", "token:", "\"token\":\"", "a@", "://", " ", "(")) {
            String text = piece.repeat(200_000) + " --password x@y";
            assertTimeoutPreemptively(Duration.ofSeconds(20), () -> Secrets.line(text), piece);
        }
    }

    @Test
    void maskedText_staysAsItIs() {
        for (String line : List.of(
                "a --token x", "{\"token\": \"x\"}", "Authorization: Basic x", "a://b:c@d", "sh -c \"X_TOKEN=y\"")) {
            String kept = Secrets.line(line);
            assertThat(kept).contains("***").isEqualTo(Secrets.line(kept));
        }
    }

    @Test
    void value_isMaskedByItsNameOrByTheAddressInIt() {
        assertThat(Secrets.masked("fs.s3a.access.key", "AKIA")).isEqualTo("***");
        assertThat(Secrets.masked("dbPassword", "x")).isEqualTo("***");
        assertThat(Secrets.masked("accessToken", "x")).isEqualTo("***");
        assertThat(Secrets.masked("token", "")).isEmpty();
        assertThat(Secrets.masked("max_tokens", "512")).isEqualTo("512");
        assertThat(Secrets.masked("url", "s3://b/k?x=a@b")).isEqualTo("s3://b/k?x=a@b");
        assertThat(Secrets.masked("url", "jdbc:postgresql://u:p@h/db")).isEqualTo("jdbc:postgresql://u:***@h/db");
    }
}
