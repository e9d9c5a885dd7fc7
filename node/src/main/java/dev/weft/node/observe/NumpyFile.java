package dev.weft.node.observe;

import dev.weft.proto.digest.ModelDigest.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Reads NumPy's .npy (numpy.lib.format, versions 1 to 3) and .npz, a ZIP of them. The tensor of an .npy has an empty
 * name, one in an .npz its entry's without {@code .npy}. Arrays in Fortran order or big-endian become what {@code
 * weft-model-v1} asks for. Objects, structures and texts are no tensors; nothing is ever unpickled.
 */
final class NumpyFile {
    private static final byte[] MAGIC = "\u0093NUMPY".getBytes(StandardCharsets.ISO_8859_1);
    private static final Pattern HEADER =
            Pattern.compile("\\{\\s*'descr':\\s*'([<>|=])([a-z])(\\d+)',\\s*'fortran_order':\\s*(True|False),"
                    + "\\s*'shape':\\s*\\(([0-9, ]*)\\),?\\s*\\}\\s*");
    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("b1", "BOOL"),
            Map.entry("u1", "U8"),
            Map.entry("i1", "I8"),
            Map.entry("u2", "U16"),
            Map.entry("i2", "I16"),
            Map.entry("f2", "F16"),
            Map.entry("u4", "U32"),
            Map.entry("i4", "I32"),
            Map.entry("f4", "F32"),
            Map.entry("u8", "U64"),
            Map.entry("i8", "I64"),
            Map.entry("f8", "F64"));

    private NumpyFile() {}

    static ByteBuffer bytes(FileChannel file) throws IOException {
        if (file.size() > Integer.MAX_VALUE) {
            throw new NoTensorsException("it is larger than 2 GiB, which is not supported");
        }
        return file.map(FileChannel.MapMode.READ_ONLY, 0, file.size());
    }

    static List<Tensor> archive(Path path) throws IOException {
        List<Tensor> tensors = new ArrayList<>();
        try (ZipFile zip = new ZipFile(path.toFile())) {
            Enumeration<? extends ZipEntry> entries = zip.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                if (!entry.getName().endsWith(".npy")) {
                    throw new NoTensorsException("it holds " + entry.getName() + ", which is no array");
                }
                String name = entry.getName().substring(0, entry.getName().length() - ".npy".length());
                try (InputStream in = zip.getInputStream(entry)) {
                    tensors.add(tensor(name, ByteBuffer.wrap(in.readAllBytes())));
                }
            }
        } catch (ZipException e) {
            throw new NoTensorsException("it is no ZIP archive that can be read: " + e.getMessage());
        }
        return tensors;
    }

    static Tensor tensor(String name, ByteBuffer file) throws NoTensorsException {
        ByteBuffer in = file.order(ByteOrder.LITTLE_ENDIAN);
        Matcher header = HEADER.matcher(header(in));
        if (!header.matches()) {
            throw new NoTensorsException("its header is none of a plain array");
        }
        int width = Integer.parseInt(header.group(3));
        String dtype = TYPES.get(header.group(2) + width);
        if (dtype == null) {
            throw new NoTensorsException("its type " + header.group(2) + width + " is none of a tensor");
        }
        List<Long> shape = new ArrayList<>();
        for (String dimension : header.group(5).split(",", -1)) {
            if (!dimension.isBlank()) {
                shape.add(Long.parseLong(dimension.strip()));
            }
        }
        ByteBuffer data = in.slice();
        if (header.group(4).equals("True") && shape.size() > 1) {
            data = rowMajor(data, shape, width);
        }
        return new Tensor(name, dtype, shape, header.group(1).equals(">") ? swapped(data, width) : data);
    }

    private static String header(ByteBuffer in) throws NoTensorsException {
        byte[] magic = new byte[MAGIC.length];
        if (in.remaining() < 12) {
            throw new NoTensorsException("it is too short for an array");
        }
        in.get(magic);
        int version = in.get();
        in.get();
        long length = version == 1 ? Short.toUnsignedInt(in.getShort()) : Integer.toUnsignedLong(in.getInt());
        if (!Arrays.equals(magic, MAGIC) || version < 1 || version > 3 || length > in.remaining()) {
            throw new NoTensorsException("it does not begin as an array does");
        }
        byte[] header = new byte[(int) length];
        in.get(header);
        return new String(header, version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    }

    private static ByteBuffer swapped(ByteBuffer data, int width) {
        ByteBuffer out = ByteBuffer.allocate(data.remaining());
        for (int at = 0; at + width <= data.remaining(); at += width) {
            for (int n = 0; n < width; n++) {
                out.put(at + n, data.get(at + width - 1 - n));
            }
        }
        return out;
    }

    /** From Fortran order, where the first index runs fastest, to C order, where the last one does. */
    private static ByteBuffer rowMajor(ByteBuffer data, List<Long> shape, int width) throws NoTensorsException {
        long count = 1;
        for (long dimension : shape) {
            count = Math.multiplyExact(count, dimension);
        }
        if (count * width != data.remaining()) {
            throw new NoTensorsException("its shape and its size do not agree");
        }
        ByteBuffer out = ByteBuffer.allocate(data.remaining());
        int[] index = new int[shape.size()];
        for (long n = 0; n < count; n++) {
            long from = 0;
            for (int d = shape.size() - 1; d >= 0; d--) {
                from = from * shape.get(d) + index[d];
            }
            out.put((int) (n * width), data, (int) (from * width), width);
            for (int d = shape.size() - 1; d >= 0 && ++index[d] == shape.get(d); d--) {
                index[d] = 0;
            }
        }
        return out;
    }
}
