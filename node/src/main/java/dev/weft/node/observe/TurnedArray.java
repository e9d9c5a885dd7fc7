package dev.weft.node.observe;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The data of an array in C order and little-endian, element by element, from data that are in Fortran order (where the
 * first index runs fastest), big-endian, or both. The data agree with the shape.
 */
final class TurnedArray extends InputStream {
    private final ByteBuffer data;
    private final long[] shape;
    private final long[] strides;
    private final long[] index;
    private final int width;
    private final boolean swap;
    private long left;
    private int from;
    private int within;

    TurnedArray(ByteBuffer data, List<Long> shape, int width, boolean columns, boolean bigEndian) {
        this.data = data.slice();
        this.shape = shape.stream().mapToLong(Long::longValue).toArray();
        this.strides = new long[this.shape.length];
        this.index = new long[this.shape.length];
        this.width = width;
        this.swap = bigEndian;
        this.left = data.remaining();
        long stride = width;
        for (int n = 0; n < strides.length; n++) {
            int dimension = columns ? n : strides.length - 1 - n;
            strides[dimension] = stride;
            stride *= this.shape[dimension];
        }
    }

    @Override
    public int read() {
        if (left == 0) {
            return -1;
        }
        if (within == width) {
            within = 0;
            next();
        }
        left--;
        int at = swap ? width - 1 - within : within;
        within++;
        return data.get(from + at) & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        int count = (int) Math.min(length, left);
        for (int n = 0; n < count; n++) {
            into[offset + n] = (byte) read();
        }
        return count == 0 && length > 0 ? -1 : count;
    }

    /** On to the element with the next index, the last dimension of it first. */
    private void next() {
        for (int d = shape.length - 1; d >= 0; d--) {
            from += (int) strides[d];
            if (++index[d] < shape[d]) {
                return;
            }
            from -= (int) (strides[d] * shape[d]);
            index[d] = 0;
        }
    }
}
