package dev.weft.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsoleTest {
    private static final String NAME = "o\nut\u001b[31m\u009b1m\u202e.csv\r";
    private static final String SHOWN = "o\\u000aut\\u001b[31m\\u009b1m\\u202e.csv\\u000d";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Console console =
            new Console(new PrintWriter(out), new PrintWriter(err), InputStream.nullInputStream());

    @Test
    void nameThatATerminalWouldObey_isWrittenOut() {
        console.error("there is no " + NAME);
        console.table(List.of("record", "reason"), List.of(List.of(NAME, "x")));
        console.facts(List.of(List.of("path", NAME)));

        assertThat(err.toString().strip()).isEqualTo("there is no " + SHOWN);
        assertThat(out.toString().lines())
                .containsExactly("record" + " ".repeat(SHOWN.length() - 4) + "reason", SHOWN + "  x", "path  " + SHOWN);
    }

    @Test
    void linesAndJson_stayWhatTheyAre() {
        console.line("a\n\tb");
        assertThat(out.toString().lines()).containsExactly("a", "\tb");

        out.getBuffer().setLength(0);
        console.json(new JsonPrimitive(NAME));
        assertThat(out.toString()).doesNotContain("\u001b", "\u009b", "\u202e");
        assertThat(JsonParser.parseString(out.toString()).getAsString()).isEqualTo(NAME);
    }
}
