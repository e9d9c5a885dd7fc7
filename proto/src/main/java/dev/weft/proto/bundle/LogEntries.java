package dev.weft.proto.bundle;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import java.util.List;

/** Entries of a log, wherever they lie: what a file is written from. Nothing is believed of them. */
@FunctionalInterface
public interface LogEntries {
    /** Entries asked for at once at most. */
    int MAX = 1_000;

    /**
     * The envelopes from {@code first} on, at least one and at most {@code count} of them; an entry that is not there is a
     * VerificationException.
     */
    List<ByteString> entries(long first, int count) throws VerificationException;
}
