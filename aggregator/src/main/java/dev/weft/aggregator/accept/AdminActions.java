package dev.weft.aggregator.accept;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.standing.Member;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.Resume;
import dev.weft.proto.v1.Suspend;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What the operator may say: suspend and resume by himself, anything of root's as root has signed it. */
public final class AdminActions {
    private final Appender appender;

    public AdminActions(Appender appender) {
        this.appender = appender;
    }

    /** Suspends a member: its connections close, what it sends is refused, until it is resumed. */
    public CompletableFuture<Accepted> suspend(MemberName member) {
        return appender.state(Key.newBuilder()
                .setSuspend(Suspend.newBuilder().setMember(member.value()))
                .build());
    }

    public CompletableFuture<Accepted> resume(MemberName member) {
        return appender.state(Key.newBuilder()
                .setResume(Resume.newBuilder().setMember(member.value()))
                .build());
    }

    /**
     * Refuses a suspension or resumption that would change nothing. A rule of this operator's door, not of the log.
     *
     * @throws VerificationException {@link Reason#REVOKED} or {@link Reason#BAD_VALUE}
     */
    static void check(Message body, Standing now) throws VerificationException {
        if (!(body instanceof Key key) || !(key.hasSuspend() || key.hasResume())) {
            return;
        }
        String name = key.hasSuspend()
                ? key.getSuspend().getMember()
                : key.getResume().getMember();
        Optional<Member> found = now.member(MemberName.parse(name));
        if (found.isEmpty()) {
            return; // refused where every statement about nobody is
        }
        Member member = found.get();
        if (member.revokedAt().isPresent()) {
            throw new VerificationException(
                    Reason.REVOKED,
                    "'" + name + "' was revoked by entry " + member.revokedAt().getAsLong()
                            + ", which ends a membership for good; invite it under another name.");
        }
        if (member.suspended() == key.hasSuspend()) {
            throw new VerificationException(
                    Reason.BAD_VALUE,
                    "'" + name + "' is " + (member.suspended() ? "suspended already" : "not suspended")
                            + "; nothing is to be done.");
        }
    }

    /**
     * Appends a statement of the author {@code root}.
     *
     * @throws VerificationException where it does not open, or its author is another: {@link Reason#WRONG_AUTHOR}
     */
    public CompletableFuture<Accepted> statement(ByteString envelope) throws VerificationException {
        OpenedEnvelope opened =
                EnvelopeOpener.open(envelope, appender.standing().limits());
        if (!opened.statement().author().equals(MemberName.ROOT)) {
            throw new VerificationException(
                    Reason.WRONG_AUTHOR, "Only root's statements come this way; members deliver over their stream.");
        }
        return appender.submit(opened, List.of(), List.of());
    }
}
