package dev.weft.it.relay;

import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Leaves messages as the bytes that they are. */
final class ByteCodec implements MethodDescriptor.Marshaller<byte[]> {

    private ByteCodec() {}

    /** Any method, as a stream of byte arrays in both directions: unary calls are streams of one. */
    static MethodDescriptor<byte[], byte[]> method(String fullName) {
        ByteCodec codec = new ByteCodec();
        return MethodDescriptor.newBuilder(codec, codec)
                .setType(MethodDescriptor.MethodType.UNKNOWN)
                .setFullMethodName(fullName)
                .build();
    }

    @Override
    public InputStream stream(byte[] value) {
        return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
        try {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
