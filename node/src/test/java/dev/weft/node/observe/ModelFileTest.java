package dev.weft.node.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFileTest {
    /** The published vector: w = F32 [[1,2],[3,4]], b = F32 [.5,-.5], n = I64 7. */
    private static final String VECTOR =
            "weft-model-v1:49d3c18c679748378f0e1b077cc55f836a1c5696424bf3430e9912044219561b";

    @TempDir
    Path directory;

    private Hashed model(String name, byte[] bytes) throws IOException {
        Path file = directory.resolve(name);
        Files.write(file, bytes);
        return model(file);
    }

    private Hashed model(Path file) throws IOException {
        return new Hasher(HashCache.open(directory.resolve("cache")), InstantSource.system(), Progress.NONE)
                .model(file);
    }

    private static byte[] floats(ByteOrder order, float... values) {
        ByteBuffer out = ByteBuffer.allocate(4 * values.length).order(order);
        for (float value : values) {
            out.putFloat(value);
        }
        return out.array();
    }

    private static byte[] join(byte[]... parts) {
        int size = 0;
        for (byte[] part : parts) {
            size += part.length;
        }
        ByteBuffer out = ByteBuffer.allocate(size);
        for (byte[] part : parts) {
            out.put(part);
        }
        return out.array();
    }

    private static byte[] seven() {
        return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(7).array();
    }

    private static byte[] safetensors(String header, byte[] data) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        byte[] length = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .array();
        return join(length, text, data);
    }

    private static final String HEADER = """
            {"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[2,2],"data_offsets":[8,24]},
             "n":{"shape":[],"data_offsets":[0,8],"dtype":"I64"},"b":{"dtype":"F32","shape":[2],"data_offsets":[24,32]}} \s""";

    private static byte[] data() {
        return join(seven(), floats(ByteOrder.LITTLE_ENDIAN, 1, 2, 3, 4), floats(ByteOrder.LITTLE_ENDIAN, 0.5f, -0.5f));
    }

    private static byte[] npy(String descr, boolean fortran, String shape, byte[] data) {
        String header = "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }"
                .formatted(descr, fortran ? "True" : "False", shape);
        String padded = header + " ".repeat(117 - header.length()) + "\n";
        byte[] head = ByteBuffer.allocate(10)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("\u0093NUMPY".getBytes(StandardCharsets.ISO_8859_1))
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) padded.length())
                .array();
        return join(head, padded.getBytes(StandardCharsets.ISO_8859_1), data);
    }

    @Test
    void safetensors_hashAsThePublishedVector() throws Exception {
        Hashed hashed = model("m.safetensors", safetensors(HEADER, data()));
        assertThat(hashed.digest()).hasToString(VECTOR);
        assertThat(hashed.form()).isEqualTo("safetensors");
    }

    @Test
    void npz_hashesAsThePublishedVectorInAnyLayout() throws Exception {
        Path file = directory.resolve("m.npz");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("w.npy"));
            zip.write(npy("<f4", true, "(2, 2)", floats(ByteOrder.LITTLE_ENDIAN, 1, 3, 2, 4)));
            zip.putNextEntry(new ZipEntry("b.npy"));
            zip.write(npy(">f4", false, "(2,)", floats(ByteOrder.BIG_ENDIAN, 0.5f, -0.5f)));
            zip.putNextEntry(new ZipEntry("n.npy"));
            zip.write(npy("<i8", false, "()", seven()));
        }
        assertThat(model(file).digest()).hasToString(VECTOR);
    }

    @Test
    void npy_isTheSameInFortranOrder() throws Exception {
        byte[] rows = npy("<f4", false, "(2, 3)", floats(ByteOrder.LITTLE_ENDIAN, 1, 2, 3, 4, 5, 6));
        byte[] columns = npy("<f4", true, "(2, 3)", floats(ByteOrder.LITTLE_ENDIAN, 1, 4, 2, 5, 3, 6));
        assertThat(model("r.npy", rows).digest())
                .isEqualTo(model("c.npy", columns).digest());
    }

    @Test
    void bigEndianInFortranOrder_isTheSameToo() throws Exception {
        byte[] rows = npy("<f4", false, "(2, 1, 3)", floats(ByteOrder.LITTLE_ENDIAN, 1, 2, 3, 4, 5, 6));
        byte[] turned = npy(">f4", true, "(2, 1, 3)", floats(ByteOrder.BIG_ENDIAN, 1, 4, 2, 5, 3, 6));
        assertThat(model("t.npy", turned).digest())
                .isEqualTo(model("r.npy", rows).digest());
    }

    private Path npz(String name, byte[] array) throws IOException {
        Path file = directory.resolve(name);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry("w.npy"));
            zip.write(array);
        }
        return file;
    }

    @Test
    void compressedArray_isHeldOnlyToBeTurned() throws Exception {
        byte[] zeros = new byte[33 << 20];
        Hashed streamed = model(npz("c.npz", npy("<f4", false, "(2, %d)".formatted(zeros.length / 8), zeros)));
        assertThat(streamed.form()).isEqualTo("npz");
        Hashed tooLarge = model(npz("f.npz", npy("<f4", true, "(2, %d)".formatted(zeros.length / 8), zeros)));
        assertThat(tooLarge.form()).isEqualTo("bytes");
        assertThat(tooLarge.note()).hasValueSatisfying(note -> assertThat(note).contains("too large"));
    }

    @Test
    void damagedArchive_isHashedByItsBytes() throws Exception {
        Path file = npz("d.npz", npy("<f4", false, "(1000,)", new byte[4000]));
        byte[] bytes = Files.readAllBytes(file);
        for (int at = 40; at < bytes.length; at++) {
            byte[] damaged = bytes.clone();
            damaged[at] ^= 0x55;
            assertThat(model("x" + at + ".npz", damaged).bytes()).isEqualTo(bytes.length);
        }
    }

    @Test
    void whatHoldsNoTensors_isHashedByItsBytesAndSaysWhy() throws Exception {
        String overlap = HEADER.replace("[24,32]", "[16,24]");
        String twice = HEADER.replace("\"b\":", "\"w\":");
        for (byte[] bad : new byte[][] {
            safetensors(overlap, data()),
            safetensors(twice, data()),
            safetensors(HEADER, join(data(), new byte[1])),
            safetensors(HEADER.replace("F32", "C64"), data()),
            safetensors("{", data()),
            safetensors(HEADER.replace("[2,2]", "[2,3]"), data()),
            new byte[] {-1, -1, -1, -1, -1, -1, -1, -1},
            new byte[3]
        }) {
            Hashed hashed = model("bad.safetensors", bad);
            assertThat(hashed.digest().algorithm()).isEqualTo("sha256");
            assertThat(hashed.note()).isPresent();
        }
        assertThat(model("o.npy", npy("|O", false, "(2,)", new byte[16])).note())
                .isPresent();
        assertThat(model("s.npy", npy("<f4", false, "(3,)", new byte[8])).note())
                .isPresent();
        assertThat(model("h.npy", npy("<f4", true, "(99999999, 99999999, 99999999)", new byte[8]))
                        .note())
                .isPresent();
        assertThat(model("v.npy", npy("<f4", true, "(4611686018427387904, 1)", new byte[8]))
                        .note())
                .isPresent();
        assertThat(model("t.npy", npy("<f4", true, "(1, 2)", new byte[9])).note())
                .isPresent();
        assertThat(model("z.npz", "no zip".getBytes(StandardCharsets.UTF_8)).note())
                .isPresent();
        assertThat(model("m.pt", new byte[9]).note()).isEmpty();
    }
}
