package dev.weft.node.observe;

import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.ModelDigest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Files that hold tensors, by the ending of their names. */
final class ModelFile {
    private static final List<String> FORMS = List.of("safetensors", "npy", "npz", "onnx");

    private ModelFile() {}

    /** The form that the name promises. */
    static Optional<String> form(Path path) {
        String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
        return FORMS.stream().filter(form -> name.endsWith("." + form)).findFirst();
    }

    /** {@code weft-model-v1} over its tensors. */
    static Digest digest(String form, Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            ContentDigest digest = switch (form) {
                case "safetensors" -> ModelDigest.of(SafetensorsFile.tensors(file));
                case "onnx" -> ModelDigest.of(OnnxFile.tensors(mapped(file)));
                case "npy" -> ModelDigest.of(Map.of("", NumpyFile.leaf(file)));
                default -> ModelDigest.of(NumpyFile.leaves(path));
            };
            return Digest.of(digest.value());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new NoTensorsException(String.valueOf(e.getMessage()));
        } catch (InternalError e) {
            // A mapped file that is cut short under the reader faults so (JVMS 6.3).
            throw new IOException(path + " was cut short while it was read; try again when nobody writes it", e);
        }
    }

    static ByteBuffer mapped(FileChannel file) throws IOException {
        if (file.size() > Integer.MAX_VALUE) {
            throw new NoTensorsException("it is larger than 2 GiB, which is not supported");
        }
        return file.map(FileChannel.MapMode.READ_ONLY, 0, file.size());
    }
}
