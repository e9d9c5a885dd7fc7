package dev.weft.node.observe;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The parsers of files that others made, for those who try them with anything. */
public final class ObserveParsers {

    private ObserveParsers() {}

    /** Manifests that should be read. */
    public static List<String> manifests() {
        return List.of(
                ModelManifestTest.bundle("\"method\": \"files\"", List.of("a", "b"), List.of("1", "2")),
                ModelManifestTest.bundle(
                        "\"method\": \"shards\", \"shard_size\": 2", List.of("a:0:2", "a:2:3"), List.of("12", "3")));
    }

    /** Reads a signed manifest. */
    public static void manifest(String text) throws VerificationException {
        ModelManifest.parse(text);
    }

    /** A model, one character a byte. */
    public static List<String> models() {
        return List.of(new String(OnnxFileTest.vector(), StandardCharsets.ISO_8859_1));
    }

    /** Reads a model. */
    public static void onnx(String bytes) throws VerificationException {
        try {
            OnnxFile.tensors(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (NoTensorsException | IllegalArgumentException | ArithmeticException e) {
            throw new VerificationException(Reason.MALFORMED, String.valueOf(e.getMessage()), e);
        }
    }
}
