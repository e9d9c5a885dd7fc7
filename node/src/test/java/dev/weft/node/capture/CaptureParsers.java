package dev.weft.node.capture;

import dev.weft.node.capture.openlineage.OpenLineageEvent;
import dev.weft.node.observe.ObserveParsers;
import dev.weft.node.record.Fields;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Every parser of what tools send to a node, with examples. Any text gives a value or a {@link
 * VerificationException}. The profile {@code fuzz} hands this class to Jazzer; its first byte picks the parser.
 */
public final class CaptureParsers {
    /** Reads a text from outside. */
    interface Parser {
        void read(String text) throws VerificationException;
    }

    /** A parser with what it should accept. */
    record Named(String name, Parser parser, List<String> examples) {}

    private static final String DIGEST = "sha256:" + "ab".repeat(32);
    private static final String ID = "cd".repeat(32);

    static final List<Named> ALL = List.of(
            new Named("record", text -> Fields.of(RecordJson.read(text)), List.of("""
                    {"kind":"run","source":"flower","externalId":"r1","step":"train","inputs":[3,"clean"],
                     "outputs":["model"],"code":"code","environment":4,"parameters":{"lr":0.5,"layers":[64,32],"fair":true},
                     "metrics":{"accuracy":1},"seed":-7,"command":"python train.py","started":"2026-11-21T09:00:00+01:00",
                     "ended":"2026-11-21T08:00:01.5Z","exitCode":0,"fields":{"queue":"gpu"}}""", """
                    {"kind":"dataset","name":"n","digest":"%s","description":"one"}""".formatted(DIGEST))),
            new Named("records", CaptureParsers::records, List.of("""
                    [{"kind":"dataset","name":"n","digest":"%s"},{"kind":"permit","name":"n"}]""".formatted(DIGEST), """
                    {"kind":"run","step":"aggregate"}
                    {"kind":"metrics","of":1,"values":{"f1":0.5}}""")),
            new Named("round", text -> RecordJson.round("register", text), List.of("""
                    {"externalId":"r","trainingLine":"line","number":1,"inputModel":"weft-model-v1:%s"}""".formatted(ID))),
            new Named("open-lineage", CaptureParsers::events, List.of("""
                    {"eventTime":"2026-11-21T08:00:00Z","eventType":"COMPLETE","producer":"https://example.org/p",
                     "schemaURL":"https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
                     "run":{"runId":"0198a8f0-6a3b-7c1e-9d2f-3b4c5d6e7f80","facets":{}},
                     "job":{"namespace":"n","name":"j","facets":{}},"inputs":[{"namespace":"n","name":"d","facets":{}}],
                     "outputs":[]}""")),
            new Named("model-manifest", ObserveParsers::manifest, ObserveParsers.manifests()),
            new Named("onnx", ObserveParsers::onnx, ObserveParsers.models()));

    private CaptureParsers() {}

    /** What was read has to be told as well, as recording does it. */
    private static void records(String text) throws VerificationException {
        for (RecordJson.Read read : RecordJson.readAll(text)) {
            if (read instanceof RecordJson.Read.Understood understood) {
                Fields unused = Fields.of(understood.record());
            }
        }
    }

    private static void events(String text) throws VerificationException {
        for (OpenLineageEvent.Read read : OpenLineageEvent.read(text)) {
            if (read instanceof OpenLineageEvent.Read.Understood understood) {
                understood.event().named().forEach(Fields::of);
                Fields unused = Fields.of(understood.event().said());
            }
        }
    }

    /** What Jazzer calls. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length > 0) {
            Named picked = ALL.get((input[0] & 0xff) % ALL.size());
            try {
                picked.parser().read(new String(input, 1, input.length - 1, StandardCharsets.UTF_8));
            } catch (VerificationException refused) {
                // The other of the two answers that are right.
            }
        }
    }

    /** Writes the examples as Jazzer's first corpus into a directory. */
    public static void main(String... arguments) throws IOException {
        Path corpus = Files.createDirectories(Path.of(arguments[0]));
        for (int i = 0; i < ALL.size(); i++) {
            for (int j = 0; j < ALL.get(i).examples().size(); j++) {
                Files.writeString(
                        corpus.resolve(ALL.get(i).name() + "-" + j),
                        (char) i + ALL.get(i).examples().get(j));
            }
        }
    }
}
