package dev.weft.node.observe;

import dev.weft.proto.digest.ModelDigest.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One TensorProto (onnx.proto3), whose data are raw bytes or a list of numbers by its type, brought into raw bytes. */
final class OnnxTensor {
    private static final int DIMS = 1;
    private static final int DATA_TYPE = 2;
    private static final int SEGMENT = 3;
    private static final int FLOAT_DATA = 4;
    private static final int INT32_DATA = 5;
    private static final int STRING_DATA = 6;
    private static final int INT64_DATA = 7;
    private static final int NAME = 8;
    private static final int RAW_DATA = 9;
    private static final int DOUBLE_DATA = 10;
    private static final int UINT64_DATA = 11;
    private static final int EXTERNAL_DATA = 13;
    private static final int DATA_LOCATION = 14;

    private static final int MAX_DIMENSIONS = 64;
    /** A list of numbers of this many bytes at most; weights of any size are raw bytes. */
    private static final int MAX_LISTED = 256 << 20;

    /** @param list the field that holds its numbers where they are no raw bytes */
    private record Form(String dtype, int width, int list) {}

    private static final Map<Long, Form> FORMS = Map.ofEntries(
            Map.entry(1L, new Form("F32", 4, FLOAT_DATA)),
            Map.entry(2L, new Form("U8", 1, INT32_DATA)),
            Map.entry(3L, new Form("I8", 1, INT32_DATA)),
            Map.entry(4L, new Form("U16", 2, INT32_DATA)),
            Map.entry(5L, new Form("I16", 2, INT32_DATA)),
            Map.entry(6L, new Form("I32", 4, INT32_DATA)),
            Map.entry(7L, new Form("I64", 8, INT64_DATA)),
            Map.entry(9L, new Form("BOOL", 1, INT32_DATA)),
            Map.entry(10L, new Form("F16", 2, INT32_DATA)),
            Map.entry(11L, new Form("F64", 8, DOUBLE_DATA)),
            Map.entry(12L, new Form("U32", 4, UINT64_DATA)),
            Map.entry(13L, new Form("U64", 8, UINT64_DATA)),
            Map.entry(16L, new Form("BF16", 2, INT32_DATA)),
            Map.entry(17L, new Form("F8_E4M3", 1, INT32_DATA)),
            Map.entry(19L, new Form("F8_E5M2", 1, INT32_DATA)));

    private static final Set<Integer> LISTS =
            Set.of(FLOAT_DATA, INT32_DATA, STRING_DATA, INT64_DATA, DOUBLE_DATA, UINT64_DATA);

    private final List<Long> shape = new ArrayList<>();
    private final List<ByteBuffer> packed = new ArrayList<>();
    private String name = "";
    private long type;
    private int list;
    private boolean raw;
    private ByteBuffer data = ByteBuffer.allocate(0);

    private OnnxTensor() {}

    static Tensor read(ByteBuffer message) throws NoTensorsException {
        OnnxTensor tensor = new OnnxTensor();
        WireReader in = new WireReader(message);
        while (in.next()) {
            tensor.take(in);
        }
        return tensor.tensor();
    }

    private void take(WireReader in) throws NoTensorsException {
        switch (in.field()) {
            case DIMS -> dimensions(in);
            case DATA_TYPE -> {
                in.require(WireReader.VARINT);
                type = in.varint();
            }
            case NAME -> {
                in.require(WireReader.BYTES);
                name = in.text();
            }
            case RAW_DATA -> {
                in.require(WireReader.BYTES);
                once(!raw);
                raw = true;
                data = in.bytes();
            }
            case EXTERNAL_DATA -> throw elsewhere();
            case DATA_LOCATION -> {
                in.require(WireReader.VARINT);
                if (in.varint() != 0) {
                    throw elsewhere();
                }
            }
            case SEGMENT -> throw new NoTensorsException("it holds a tensor in segments, which are not supported");
            default -> {
                if (LISTS.contains(in.field())) {
                    numbers(in);
                } else {
                    in.skip();
                }
            }
        }
    }

    private static NoTensorsException elsewhere() {
        return new NoTensorsException("its tensors lie in other files: name the folder that holds all of them");
    }

    private static void once(boolean first) throws NoTensorsException {
        if (!first) {
            throw new NoTensorsException("it holds a tensor with two kinds of data");
        }
    }

    private void dimensions(WireReader in) throws NoTensorsException {
        if (in.type() == WireReader.BYTES) {
            WireReader all = new WireReader(in.bytes());
            while (all.hasRemaining() && shape.size() <= MAX_DIMENSIONS) {
                shape.add(all.varint());
            }
        } else {
            in.require(WireReader.VARINT);
            shape.add(in.varint());
        }
        if (shape.size() > MAX_DIMENSIONS) {
            throw new NoTensorsException("it holds a tensor of more than 64 dimensions");
        }
    }

    /** Writers pack such a list into one field, as proto3 has it; one number a field is legal and nobody's habit. */
    private void numbers(WireReader in) throws NoTensorsException {
        in.require(WireReader.BYTES);
        once(list == 0 || list == in.field());
        list = in.field();
        packed.add(in.bytes());
    }

    private Tensor tensor() throws NoTensorsException {
        Form form = FORMS.get(type);
        if (form == null) {
            throw new NoTensorsException("its type " + type + " is none of a tensor");
        }
        if (name.isEmpty()) {
            throw new NoTensorsException("it holds an initializer without a name");
        }
        if (list != 0) {
            once(!raw);
            if (list != form.list()) {
                throw new NoTensorsException("its tensor " + name + " has its numbers where its type has none");
            }
            data = listed(form);
        }
        return new Tensor(name, form.dtype(), shape, data);
    }

    private ByteBuffer listed(Form form) throws NoTensorsException {
        long bytes = 0;
        for (ByteBuffer part : packed) {
            bytes += form.list() == FLOAT_DATA || form.list() == DOUBLE_DATA
                    ? part.remaining()
                    : (long) count(part) * form.width();
        }
        if (bytes > MAX_LISTED) {
            throw new NoTensorsException("its tensor " + name + " lists more numbers than 256 MiB");
        }
        ByteBuffer out = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (ByteBuffer part : packed) {
            if (form.list() == FLOAT_DATA || form.list() == DOUBLE_DATA) {
                out.put(part);
            } else {
                WireReader in = new WireReader(part);
                while (in.hasRemaining()) {
                    put(out, in.varint(), form.width());
                }
            }
        }
        return out.flip();
    }

    /** How many varints: as many as bytes without the bit that says that another follows. */
    private static int count(ByteBuffer part) {
        int count = 0;
        for (int at = part.position(); at < part.limit(); at++) {
            count += part.get(at) >= 0 ? 1 : 0;
        }
        return count;
    }

    private void put(ByteBuffer out, long value, int width) throws NoTensorsException {
        int bits = 8 * width;
        boolean fits = width == Long.BYTES || value >> (bits - 1) == -1 || (value >>> bits) == 0;
        if (!fits) {
            throw new NoTensorsException("its tensor " + name + " lists a number that its type does not hold");
        }
        switch (width) {
            case 1 -> out.put((byte) value);
            case 2 -> out.putShort((short) value);
            case 4 -> out.putInt((int) value);
            default -> out.putLong(value);
        }
    }
}
