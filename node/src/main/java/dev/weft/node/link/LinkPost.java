package dev.weft.node.link;

import com.google.protobuf.ByteString;
import dev.weft.node.link.LinkKeyStore.Sought;
import dev.weft.node.release.LinkingKeys.Held;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.WireTime;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.KeyId;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.standing.LinkEpoch;
import dev.weft.proto.standing.Member;
import dev.weft.proto.statement.LinkMessages;
import dev.weft.proto.v1.LinkGiven;
import dev.weft.proto.v1.LinkMessage;
import dev.weft.proto.v1.LinkRefused;
import dev.weft.proto.v1.LinkRequest;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What this node tells other members about the linking key, and hears of them. For the linker's thread. */
final class LinkPost {
    /** After this long without an answer the same member is asked again: the relay may have lost or withheld either. */
    private static final Duration AGAIN = Duration.ofMinutes(10);

    private final Linker.Self self;
    private final Linker.Parts parts;

    LinkPost(Linker.Self self, Linker.Parts parts) {
        this.self = self;
        this.parts = parts;
    }

    /** Asks for the key in force where policy wants one, this node lacks it, and nobody is being asked. */
    void seek(LinkLog log, LinkEpoch epoch) throws IOException, SQLException, VerificationException {
        if (!parts.linking().wanted() || parts.keyring().current().isPresent() || !log.isEligible(self.name())) {
            return;
        }
        Optional<MemberName> next = next(log, epoch);
        if (next.isPresent()) {
            ask(log, epoch, next.get());
        }
    }

    /**
     * Whom to ask now. Who made the key comes first, then others by name. A steward's no is an answer: nobody else is asked
     * behind his back.
     */
    private Optional<MemberName> next(LinkLog log, LinkEpoch epoch) throws SQLException {
        List<Sought> sought;
        try (Connection connection = parts.readers().getConnection()) {
            sought = LinkKeyStore.sought(connection, epoch.number());
        }
        String no = Reason.DECISION_REFUSED.code();
        if (sought.stream().anyMatch(one -> one.refusal().filter(no::equals).isPresent())) {
            return Optional.empty();
        }
        Optional<Sought> open =
                sought.stream().filter(one -> one.refusal().isEmpty()).findFirst();
        if (open.isPresent()) {
            return due(open.get()) ? Optional.of(open.get().member()) : Optional.empty();
        }
        Optional<MemberName> fresh = candidates(log, epoch).stream()
                .filter(name -> sought.stream().noneMatch(one -> one.member().equals(name)))
                .findFirst();
        return fresh.isPresent() || sought.isEmpty()
                ? fresh
                : Optional.of(sought.get(0)).filter(this::due).map(Sought::member);
    }

    private boolean due(Sought sought) {
        return !now().isBefore(sought.askedAt().plus(AGAIN));
    }

    private List<MemberName> candidates(LinkLog log, LinkEpoch epoch) {
        List<MemberName> names = new ArrayList<>(log.members().stream()
                .map(Member::name)
                .filter(name -> !name.equals(self.name()) && log.isEligible(name))
                .toList());
        names.sort(Comparator.comparing((MemberName name) -> !name.equals(epoch.author()))
                .thenComparing(Comparator.naturalOrder()));
        return names;
    }

    void ask(LinkLog log, LinkEpoch epoch, MemberName member) throws IOException, SQLException, VerificationException {
        LinkRequest request = LinkRequest.newBuilder()
                .setKeyId(KeyId.of(self.hpkeKey().toProto()).value())
                .setAskedAt(WireTime.print(now()))
                .build();
        ByteString sealed =
                seal(log, epoch, member, message(epoch).setRequest(request).build());
        boolean unused = Linker.Work.await(parts.recorder().transact(transaction -> {
            LinkKeyStore.seek(transaction.connection(), epoch.number(), member, now());
            parts.post().queue(transaction.connection(), member, epoch.statement(), sealed);
            return true;
        }));
        parts.post().wake();
    }

    LinkMessage open(LinkLog log, MemberName from, Digest about, ByteString sealed) throws VerificationException {
        Member writer = log.member(from);
        return LinkMessages.open(
                new LinkMessages.Occasion(self.federation(), about, from, self.name()),
                sealed,
                self.hpkeKey(),
                writer.statementKey());
    }

    /** Puts a request before the steward; one that cannot be granted is answered at once. */
    void requested(LinkLog log, LinkEpoch newest, LinkEpoch epoch, MemberName from, LinkRequest request)
            throws IOException, SQLException, VerificationException {
        Optional<Reason> no = obstacle(log, newest, epoch, from, request);
        if (no.isPresent()) {
            send(epoch, from, refusal(log, epoch, from, no.get()));
            return;
        }
        Optional<Asked> before;
        try (Connection connection = parts.readers().getConnection()) {
            before = LinkKeyStore.request(connection, from, epoch.number());
        }
        boolean same =
                before.filter(asked -> asked.keyId().equals(request.getKeyId())).isPresent();
        if (same && before.orElseThrow().state() == Asked.State.APPROVED) {
            // The answer was lost; the steward's yes was for this member, this epoch and this key.
            Held held = parts.keyring().current().orElseThrow();
            send(epoch, from, sealedKey(log, epoch, before.get(), held));
        } else if (same && before.orElseThrow().state() == Asked.State.REFUSED) {
            send(epoch, from, refusal(log, epoch, from, Reason.DECISION_REFUSED));
        } else if (!same) {
            boolean unused = Linker.Work.await(parts.recorder().transact(transaction -> {
                LinkKeyStore.ask(transaction.connection(), from, epoch.number(), request.getKeyId(), now());
                return true;
            }));
        }
    }

    private Optional<Reason> obstacle(
            LinkLog log, LinkEpoch newest, LinkEpoch epoch, MemberName from, LinkRequest request) {
        try {
            Member member = log.eligible(from);
            if (!epoch.equals(newest)) {
                return Optional.of(Reason.LINK_EPOCH_TAKEN);
            }
            if (!KeyId.of(member.keys().getHpke()).value().equals(request.getKeyId())) {
                return Optional.of(Reason.UNKNOWN_KEY);
            }
            return parts.keyring().current().isPresent() ? Optional.empty() : Optional.of(Reason.LINK_KEY_MISSING);
        } catch (VerificationException e) {
            return Optional.of(e.reason());
        }
    }

    private void send(LinkEpoch epoch, MemberName to, ByteString sealed) throws IOException, VerificationException {
        boolean unused = Linker.Work.await(parts.recorder().transact(transaction -> {
            parts.post().queue(transaction.connection(), to, epoch.statement(), sealed);
            return true;
        }));
        parts.post().wake();
    }

    /** A no for who asked. */
    ByteString refusal(LinkLog log, LinkEpoch epoch, MemberName to, Reason why) throws VerificationException {
        LinkRefused refused = LinkRefused.newBuilder().setReason(why.code()).build();
        return seal(log, epoch, to, message(epoch).setRefused(refused).build());
    }

    /** The key for who asked, if it may have it and reads with the key that it asked with. */
    ByteString sealedKey(LinkLog log, LinkEpoch epoch, Asked asked, Held held) throws VerificationException {
        Member member = log.eligible(asked.member());
        if (!KeyId.of(member.keys().getHpke()).value().equals(asked.keyId())) {
            throw new VerificationException(
                    Reason.BAD_KEY,
                    "'" + asked.member() + "' has enrolled another key since it asked; it asks again by itself.");
        }
        LinkGiven given = LinkGiven.newBuilder().setKey(held.key().secret()).build();
        return seal(log, epoch, asked.member(), message(epoch).setGiven(given).build());
    }

    private static LinkMessage.Builder message(LinkEpoch epoch) {
        return LinkMessage.newBuilder().setEpoch(epoch.number());
    }

    private ByteString seal(LinkLog log, LinkEpoch epoch, MemberName to, LinkMessage message)
            throws VerificationException {
        Member reader = log.member(to);
        return LinkMessages.seal(
                new LinkMessages.Occasion(self.federation(), epoch.statement(), self.name(), to),
                message,
                self.statementKey(),
                reader.keys().getHpke(),
                parts.random());
    }

    private Instant now() {
        return parts.clock().instant();
    }
}
