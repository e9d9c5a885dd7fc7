package dev.weft.node.disclose;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import java.util.List;

/** This node's own copy of the shared log, as far as it is known to be the signed one. */
public interface SharedCopy {
    long size();

    /** The entries from {@code first} on, at most {@code count}. */
    List<ByteString> entries(long first, int count) throws VerificationException;
}
