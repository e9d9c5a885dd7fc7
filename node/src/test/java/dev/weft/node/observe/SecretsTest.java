package dev.weft.node.observe;

import static org.assertj.core.api.Assertions.assertThat;

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
                "sh -c \"fetch --token t0 && go\"|sh -c \"fetch --token t0 && go\"",
                "train --tokenizer bert --max-new-tokens 64|train --tokenizer bert --max-new-tokens 64",
                "login --token \"$TOKEN\"; echo done|login --token ***; echo done",
                "git clone https://example.org/a.git|git clone https://example.org/a.git",
            })
    void line_losesItsSecretsAndNothingElse(String line, String kept) {
        assertThat(Secrets.line(line)).isEqualTo(kept);
    }

    @Test
    void lineThatNoShellWouldTake_isReadToItsEnd() {
        for (String line : List.of("", " ", "\\", "'", "a\\", "\"--token x", "'a'".repeat(100_000), ";;&&((")) {
            assertThat(Secrets.line(line)).isEqualTo(line);
        }
        assertThat(Secrets.line("x ".repeat(50_000) + "--token y")).endsWith("--token ***");
    }

    @Test
    void commandOfARun_isMaskedAsALineIs() {
        CommandLine command = new CommandLine(List.of("python", "a b.py", "--password", "hunter2", "--x=y", "TOKEN=t"));
        assertThat(command.text()).isEqualTo("python 'a b.py' --password *** --x=y TOKEN=***");
        assertThat(Secrets.line("python 'a b.py' --password hunter2 --x=y TOKEN=t"))
                .isEqualTo(command.text());
        assertThat(command.parameters().keySet()).containsExactly("x");
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
