package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weft.proto.digest.ModelDigest;
import dev.weft.proto.digest.ModelDigest.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Python package {@code weft}: its own tests, and digests that it computes as Java does. */
@Tag("interop")
class PythonPackageIT {
    private static final Map<String, Integer> WIDTHS = new TreeMap<>(Map.ofEntries(
            Map.entry("BOOL", 1),
            Map.entry("U8", 1),
            Map.entry("I8", 1),
            Map.entry("F8_E4M3", 1),
            Map.entry("F8_E5M2", 1),
            Map.entry("U16", 2),
            Map.entry("I16", 2),
            Map.entry("F16", 2),
            Map.entry("BF16", 2),
            Map.entry("U32", 4),
            Map.entry("I32", 4),
            Map.entry("F32", 4),
            Map.entry("U64", 8),
            Map.entry("I64", 8),
            Map.entry("F64", 8)));
    /** Types that a NumPy without further packages lacks. */
    private static final List<String> OWN = List.of("BF16", "F8_E4M3", "F8_E5M2");

    private static final List<List<Long>> SHAPES =
            List.of(List.of(), List.of(5L), List.of(3L, 4L), List.of(0L, 3L), List.of(2L, 3L, 5L));

    @TempDir
    private Path dir;

    @Test
    void ownTests_pass() throws Exception {
        Tools tools = Tools.find("flower", 1);
        assertThat(tools.unittest("tests")).contains("OK").doesNotContain("FAILED", "Ran 0 tests");
    }

    @Test
    void digests_areThoseOfJavaInEveryFormThatFlowerAndNumPyHave() throws Exception {
        assertThat(forms(Tools.find("flower", 1)))
                .contains("numpy", "fortran", "strided", "plain:big-endian", "plain:npy-fortran", "plain:safetensors")
                .contains("plain:flower-arrayrecord", "plain:flower-parameters");
    }

    @Test
    void digests_areThoseOfJavaInEveryFormThatNvflareHas() throws Exception {
        assertThat(forms(Tools.find("nvflare", 1))).contains("plain:nvflare-dxo", "plain:nvflare-flmodel");
    }

    /** The forms that were computed, each with the digest that Java has for the same bits. */
    private List<String> forms(Tools tools) throws Exception {
        List<Tensor> tensors = tensors();
        List<String> forms =
                tools.all("digest_forms.py", dir.toString()).lines().toList();

        List<Tensor> plain =
                tensors.stream().filter(tensor -> !OWN.contains(tensor.dtype())).toList();
        String ofPlain = ModelDigest.of(plain).toString();
        String ofAll = ModelDigest.of(tensors).toString();
        assertThat(forms)
                .allSatisfy(line -> assertThat(line).endsWith(" " + (line.startsWith("plain:") ? ofPlain : ofAll)));
        return forms.stream().map(line -> line.substring(0, line.indexOf(" "))).toList();
    }

    /** One of each type and shape, of any bits: NaNs with payloads and negative zeros among them. */
    private List<Tensor> tensors() throws IOException {
        Random random = new Random(4);
        List<Tensor> tensors = new ArrayList<>();
        JsonArray told = new JsonArray();
        for (Map.Entry<String, Integer> type : WIDTHS.entrySet()) {
            for (List<Long> shape : SHAPES) {
                String name = "layer é %s %s".formatted(type.getKey(), shape);
                byte[] data = new byte
                        [type.getValue()
                                * (int) shape.stream()
                                        .mapToLong(Long::longValue)
                                        .reduce(1, (a, b) -> a * b)];
                random.nextBytes(data);
                if (type.getKey().equals("BOOL")) {
                    for (int i = 0; i < data.length; i++) {
                        data[i] &= 1;
                    }
                }
                String file = "tensor-" + tensors.size();
                Files.write(dir.resolve(file + ".bin"), data);
                tensors.add(new Tensor(name, type.getKey(), shape, ByteBuffer.wrap(data)));
                told.add(told(name, file, type.getKey(), shape));
            }
        }
        Files.writeString(dir.resolve("tensors.json"), told.toString());
        return tensors;
    }

    private static JsonObject told(String name, String file, String dtype, List<Long> shape) {
        JsonObject one = new JsonObject();
        one.addProperty("name", name);
        one.addProperty("file", file);
        one.addProperty("dtype", dtype);
        JsonArray dimensions = new JsonArray();
        shape.forEach(dimensions::add);
        one.add("shape", dimensions);
        return one;
    }
}
