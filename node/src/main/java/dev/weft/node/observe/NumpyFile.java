package dev.weft.node.observe;

import com.google.common.io.ByteStreams;
import com.google.common.io.CountingInputStream;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.ModelDigest;
import dev.weft.proto.digest.ModelDigest.Head;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.HashMap;
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

    private static final int MAX_HEADER = 1 << 20;
    /** A command has little memory. */
    private static final int MOST_HELD = 32 << 20;
    /** DEFLATE makes at most 1,032 bytes of one; an archive whose members overlap would make more. */
    private static final long MOST_UNPACKED = 1_100;

    private NumpyFile() {}

    /** The leaf of an .npy. */
    static Digest leaf(FileChannel file) throws IOException {
        CountingInputStream in = new CountingInputStream(new BufferedInputStream(Channels.newInputStream(file)));
        Header header = Header.read("", in);
        if (header.isPlain()) {
            return ModelDigest.leaf(header.head(), in);
        }
        return header.leaf(ModelFile.mapped(file).position((int) in.getCount()));
    }

    /** The leaves of an .npz by their names. */
    static Map<String, Digest> leaves(Path path) throws IOException {
        Map<String, Digest> leaves = new HashMap<>();
        long left = MOST_UNPACKED * Files.size(path);
        try (ZipFile zip = new ZipFile(path.toFile())) {
            Enumeration<? extends ZipEntry> entries = zip.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                if (!entry.getName().endsWith(".npy")) {
                    throw new NoTensorsException("it holds " + entry.getName() + ", which is no array");
                }
                String name = entry.getName().substring(0, entry.getName().length() - ".npy".length());
                try (InputStream in = zip.getInputStream(entry);
                        CountingInputStream counted = new CountingInputStream(ByteStreams.limit(in, left))) {
                    if (leaves.put(name, member(name, counted)) != null) {
                        throw new NoTensorsException("two of its arrays are named " + name);
                    }
                    left -= counted.getCount();
                }
            }
        } catch (ZipException | EOFException e) {
            throw new NoTensorsException("it is no ZIP archive that can be read: " + e.getMessage());
        }
        return leaves;
    }

    private static Digest member(String name, InputStream in) throws IOException {
        Header header = Header.read(name, in);
        if (header.isPlain()) {
            return ModelDigest.leaf(header.head(), in);
        }
        if (header.head().bytes() > MOST_HELD) {
            throw new NoTensorsException(
                    "its array " + name + " is in Fortran order or big-endian, and too large to be turned around");
        }
        return header.leaf(ByteBuffer.wrap(in.readNBytes((int) header.head().bytes() + 1)));
    }

    /** What an array says of itself. */
    private record Header(Head head, int width, boolean columns, boolean bigEndian) {

        static Header read(String name, InputStream in) throws IOException {
            Matcher header = HEADER.matcher(text(in));
            if (!header.matches()) {
                throw new NoTensorsException("its header is none of a plain array");
            }
            String type = header.group(2) + header.group(3);
            String dtype = TYPES.get(type);
            if (dtype == null) {
                throw new NoTensorsException("its type " + type + " is none of a tensor");
            }
            List<Long> shape = new ArrayList<>();
            for (String dimension : header.group(5).split(",", -1)) {
                if (!dimension.isBlank()) {
                    shape.add(Long.parseLong(dimension.strip()));
                }
            }
            int width = Integer.parseInt(header.group(3));
            boolean columns = header.group(4).equals("True") && shape.size() > 1;
            return new Header(
                    new Head(name, dtype, shape),
                    width,
                    columns,
                    width > 1 && header.group(1).equals(">"));
        }

        private static String text(InputStream in) throws IOException {
            ByteBuffer start = ByteBuffer.wrap(in.readNBytes(MAGIC.length + 4)).order(ByteOrder.LITTLE_ENDIAN);
            byte[] magic = new byte[MAGIC.length];
            if (start.remaining() < MAGIC.length + 4) {
                throw new NoTensorsException("it is too short for an array");
            }
            int version = start.get(magic).get();
            start.get();
            long length = Short.toUnsignedLong(start.getShort());
            if (version > 1) {
                length += (long) in.read() << 16 | (long) in.read() << 24;
            }
            if (!Arrays.equals(magic, MAGIC) || version < 1 || version > 3 || length < 0 || length > MAX_HEADER) {
                throw new NoTensorsException("it does not begin as an array does");
            }
            byte[] header = in.readNBytes((int) length);
            return new String(header, version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
        }

        /** Whether its data are as {@code weft-model-v1} asks for. */
        boolean isPlain() {
            return !columns && !bigEndian;
        }

        /** Of data that are not. */
        Digest leaf(ByteBuffer data) throws IOException {
            if (head.bytes() != data.remaining()) {
                throw new NoTensorsException("its shape and its size do not agree");
            }
            return ModelDigest.leaf(head, new TurnedArray(data, head.shape(), width, columns, bigEndian));
        }
    }
}
