package dev.weft.node.observe;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/** A file's SHA-256, at nearly the rate of the hash itself. */
final class FileBytes {
    private static final int CHUNK = 256 << 10;
    private static final ThreadLocal<ByteBuffer> BUFFER =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(CHUNK));

    private FileBytes() {}

    static Digest sha256(Path file) throws IOException {
        MessageDigest hash = Hashing.newSha256();
        ByteBuffer buffer = BUFFER.get();
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            buffer.clear();
            while (in.read(buffer) >= 0) {
                buffer.flip();
                hash.update(buffer);
                buffer.clear();
            }
        }
        return Hashing.finish(hash);
    }
}
