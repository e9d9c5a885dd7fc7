package dev.weft.node.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ONNX models as writers make them, and as somebody makes them who wants to harm the reader. */
class OnnxFileTest {
    /** The published vector: w = F32 [[1,2],[3,4]], b = F32 [.5,-.5], n = I64 7. */
    private static final String VECTOR =
            "weft-model-v1:49d3c18c679748378f0e1b077cc55f836a1c5696424bf3430e9912044219561b";

    @TempDir
    Path directory;

    /** A protobuf message in the making. */
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message varint(int field, long value) {
            raw((long) field << 3).raw(value);
            return this;
        }

        Message bytes(int field, byte[] value) {
            raw(((long) field << 3) | 2).raw(value.length);
            out.writeBytes(value);
            return this;
        }

        Message text(int field, String value) {
            return bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message raw(long varint) {
            for (long left = varint; ; left >>>= 7) {
                if ((left & ~0x7fL) == 0) {
                    out.write((int) left);
                    return this;
                }
                out.write((int) ((left & 0x7f) | 0x80));
            }
        }

        byte[] made() {
            return out.toByteArray();
        }
    }

    private static byte[] floats(float... values) {
        ByteBuffer out = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            out.putFloat(value);
        }
        return out.array();
    }

    private static Message tensor(String name, int type, long... dims) {
        Message tensor = new Message();
        for (long dim : dims) {
            tensor.varint(1, dim);
        }
        return tensor.varint(2, type).text(8, name);
    }

    private static byte[] model(Message... tensors) {
        Message graph =
                new Message().bytes(1, new Message().text(4, "MatMul").made()).text(2, "graph");
        for (Message tensor : tensors) {
            graph.bytes(5, tensor.made());
        }
        return new Message()
                .varint(1, 9)
                .text(2, "tests")
                .bytes(7, graph.made())
                .made();
    }

    static byte[] vector() {
        return model(
                tensor("w", 1, 2, 2).bytes(9, floats(1, 2, 3, 4)),
                tensor("b", 1, 2).bytes(4, floats(0.5f, -0.5f)),
                tensor("n", 7).bytes(7, new byte[] {7}));
    }

    private Hashed hash(byte[] bytes) throws IOException {
        Path file = Files.write(directory.resolve("m.onnx"), bytes);
        return new Hasher(HashCache.open(directory.resolve("cache")), InstantSource.system(), Progress.NONE)
                .model(file);
    }

    @Test
    void initializers_hashAsThePublishedVector() throws Exception {
        Hashed hashed = hash(vector());
        assertThat(hashed.digest()).hasToString(VECTOR);
        assertThat(hashed.form()).isEqualTo("onnx");
        assertThat(hashed.note()).isEmpty();
    }

    @Test
    void numbersInLists_areTheSameAsRawBytes() throws Exception {
        long minusTwo = -2;
        byte[] listed = model(
                tensor("i8", 3, 2).bytes(5, new Message().raw(minusTwo).raw(5).made()),
                tensor("u8", 2, 2).bytes(5, new Message().raw(255).raw(5).made()),
                tensor("f16", 10, 1).bytes(5, new Message().raw(0x3c00).made()),
                tensor("u64", 13, 1).bytes(11, new Message().raw(-1).made()),
                tensor("i32", 6, 1).bytes(5, new Message().raw(minusTwo).made()),
                new Message()
                        .bytes(1, new byte[] {1, 1})
                        .varint(2, 11)
                        .text(8, "f64")
                        .bytes(10, new byte[8]));
        byte[] raw = model(
                tensor("i8", 3, 2).bytes(9, new byte[] {-2, 5}),
                tensor("u8", 2, 2).bytes(9, new byte[] {-1, 5}),
                tensor("f16", 10, 1).bytes(9, new byte[] {0, 0x3c}),
                tensor("u64", 13, 1).bytes(9, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1}),
                tensor("i32", 6, 1).bytes(9, new byte[] {-2, -1, -1, -1}),
                tensor("f64", 11, 1, 1).bytes(9, new byte[8]));
        assertThat(hash(listed).note()).isEmpty();
        assertThat(hash(listed).digest()).isEqualTo(hash(raw).digest());
    }

    private static Map<String, byte[]> hostile() {
        Map<String, byte[]> all = new LinkedHashMap<>();
        Message external = new Message().text(1, "location").text(2, "../../etc/passwd");
        all.put(
                "in other files",
                model(tensor("w", 1, 2).bytes(13, external.made()).varint(14, 1)));
        all.put("no initializers", model());
        all.put("0 graphs", new Message().varint(1, 9).made());
        byte[] empty = new Message().text(2, "g").made();
        all.put("2 graphs", new Message().bytes(7, empty).bytes(7, empty).made());
        all.put("training graphs", new Message().bytes(20, empty).made());
        all.put(
                "sparse",
                new Message().bytes(7, new Message().bytes(15, empty).made()).made());
        all.put("two kinds of data", model(tensor("w", 1, 1).bytes(9, floats(1)).bytes(4, floats(1))));
        all.put("two kinds", model(tensor("w", 1, 1).bytes(9, floats(1)).bytes(9, floats(1))));
        all.put("where its type has none", model(tensor("w", 1, 1).bytes(7, new byte[] {1})));
        all.put(
                "type does not hold",
                model(tensor("w", 2, 1).bytes(5, new Message().raw(256).made())));
        all.put("none of a tensor", model(tensor("w", 8, 1).bytes(6, new byte[] {1})));
        all.put("without a name", model(tensor("", 1, 1).bytes(9, floats(1))));
        all.put(
                "named w",
                model(tensor("w", 1, 1).bytes(9, floats(1)), tensor("w", 1, 1).bytes(9, floats(1))));
        all.put("negative", model(tensor("w", 1, -1).bytes(9, floats(1))));
        all.put("overflow", model(tensor("w", 1, 1L << 40, 1L << 40).bytes(9, floats(1))));
        all.put("needs", model(tensor("w", 1, 3).bytes(9, floats(1))));
        all.put("64 dimensions", model(tensor("w", 1, new long[70])));
        all.put(
                "64 dimensions ",
                model(new Message().bytes(1, new byte[1 << 20]).varint(2, 1).text(8, "w")));
        all.put("segments", model(tensor("w", 1, 1).bytes(3, new byte[0])));
        all.put("another form", new Message().varint(7, 1).made());
        all.put("not UTF-8", model(new Message().varint(2, 1).bytes(8, new byte[] {-1})));
        all.put("cut short", new byte[] {0x3a, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x07});
        all.put("does not have", new byte[] {0x3b, 1});
        all.put("within a number", new byte[] {(byte) 0x80});
        return all;
    }

    @Test
    void hostileFile_isHashedByItsBytesAndSaysWhy() throws Exception {
        for (Map.Entry<String, byte[]> each : hostile().entrySet()) {
            Hashed hashed = hash(each.getValue());
            assertThat(hashed.digest().algorithm()).as(each.getKey()).isEqualTo("sha256");
            assertThat(hashed.note().orElse("")).contains(each.getKey().strip());
        }
    }

    /** Whatever bytes: tensors or a refusal, and never another exception than those that ModelFile knows. */
    @Test
    void anyChangeOfAFile_isReadOrRefused() throws Exception {
        byte[] good = vector();
        SplittableRandom random = new SplittableRandom(20_261_129);
        int read = 0;
        for (int n = 0; n < 20_000; n++) {
            byte[] bad = good.clone();
            for (int times = random.nextInt(3); times >= 0; times--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            try {
                OnnxFile.tensors(
                        ByteBuffer.wrap(bad, 0, random.nextInt(bad.length) + 1).slice());
                read++;
            } catch (NoTensorsException | IllegalArgumentException | ArithmeticException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
        assertThat(read).isPositive();
        assertThatThrownBy(() -> OnnxFile.tensors(ByteBuffer.allocate(0))).isInstanceOf(NoTensorsException.class);
    }
}
