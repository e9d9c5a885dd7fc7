package dev.weft.node.observe;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;

/** A file's SHA-256, at nearly the rate of the hash itself. */
final class FileBytes {
    /** What was read lies in the nearest cache still when it is hashed: four times as much costs half as much again. */
    private static final int CHUNK = 64 << 10;

    private static final ThreadLocal<ByteBuffer> BUFFER =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(CHUNK));

    private FileBytes() {}

    static Digest sha256(Path file) throws IOException {
        MessageDigest hash = Hashing.newSha256();
        read(file, hash);
        return Hashing.finish(hash);
    }

    /** The same where the file's MD5 is this one, in lower-case hex. */
    static Optional<Digest> sha256(Path file, String md5) throws IOException {
        MessageDigest hash = Hashing.newSha256();
        MessageDigest weak = Hashing.newMd5();
        read(file, hash, weak);
        boolean same = HexFormat.of().formatHex(weak.digest()).equals(md5);
        return same ? Optional.of(Hashing.finish(hash)) : Optional.empty();
    }

    private static void read(Path file, MessageDigest... hashes) throws IOException {
        ByteBuffer buffer = BUFFER.get();
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            buffer.clear();
            while (in.read(buffer) >= 0) {
                buffer.flip();
                for (MessageDigest hash : hashes) {
                    hash.update(buffer.duplicate());
                }
                buffer.clear();
            }
        }
    }
}
