package dev.weft.node.disclose;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.standing.Member;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.OpenedEnvelope;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads this node's copy of the shared log entry by entry, keeps who may speak with which key, and picks what is said of
 * disclosures. The copy's own checks do not cover the signatures of other members: these are verified here, by the keys that
 * are in force where the entry stands. For one thread.
 */
final class LogTail {
    private static final List<String> OF_STANDING =
            List.of("/membership/v1\"", "/key/v1\"", "/evidence/v1\"", "/genesis/v1\"");
    private static final String OF_DISCLOSURES = "/disclosure/v1\"";

    /** What is done with each. */
    interface Taker {
        void take(long index, OpenedEnvelope entry) throws VerificationException;
    }

    private final SharedEntries entries;
    private @Nullable Standing standing;
    private long folded;

    LogTail(SharedEntries entries) {
        this.entries = entries;
    }

    /** The member as the part that was read says; empty where nobody has that name. */
    Optional<Member> member(MemberName name) {
        Standing now = standing;
        return now == null ? Optional.empty() : now.member(name);
    }

    /**
     * Reads on to the copy's end, and hands out what is at or above {@code from}; gives the end. A copy that has become
     * shorter, since the log goes on from an earlier head, is read from its beginning.
     */
    long read(long from, Taker taker) throws VerificationException {
        long size = entries.size();
        if (folded > size) {
            folded = 0;
            standing = null;
        }
        while (folded < size) {
            for (ByteString entry : entries.from(folded)) {
                take(entry, from, taker);
                folded++;
            }
        }
        return folded;
    }

    private void take(ByteString bytes, long from, Taker taker) throws VerificationException {
        String text = bytes.toString(StandardCharsets.ISO_8859_1);
        Standing now = standing;
        if (now == null) {
            standing = Standing.of(EnvelopeOpener.open(bytes));
            return;
        }
        boolean disclosure = text.contains(OF_DISCLOSURES);
        if (!disclosure && OF_STANDING.stream().noneMatch(text::contains)) {
            return;
        }
        OpenedEnvelope opened = EnvelopeOpener.open(bytes, now.limits());
        if (OF_STANDING.stream()
                .anyMatch(kind -> opened.statement().predicateType().endsWith(kind.substring(0, kind.length() - 1)))) {
            now.reapply(folded, opened);
        } else if (disclosure && folded >= from && isDisclosure(opened) && isSigned(now, opened)) {
            taker.take(folded, opened);
        }
    }

    private static boolean isDisclosure(OpenedEnvelope opened) {
        return opened.statement().predicateType().endsWith("/disclosure/v1");
    }

    /** An entry that its author's key did not sign says nothing here; the witness's own checks are about other entries. */
    private static boolean isSigned(Standing now, OpenedEnvelope opened) {
        try {
            opened.verify(now.requiredKeys(opened));
            return true;
        } catch (VerificationException e) {
            return false;
        }
    }
}
