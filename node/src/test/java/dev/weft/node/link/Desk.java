package dev.weft.node.link;

import com.google.protobuf.ByteString;
import dev.weft.node.Site;
import dev.weft.node.telemetry.Metrics;
import dev.weft.node.telemetry.SecurityEvents;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.HpkeKey;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.standing.LinkEpoch;
import dev.weft.proto.standing.Member;
import dev.weft.proto.v1.LinkKey;
import dev.weft.proto.v1.MemberKeys;
import dev.weft.proto.v1.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;

/** One member's linker, over a real database; what it sends lies in a basket, from which a test delivers it or not. */
final class Desk implements AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** A sealed message on its way. */
    record Letter(MemberName from, MemberName to, Digest about, ByteString sealed) {}

    final MemberName name;
    final Site site;
    final Keyring keyring;
    final SecurityEvents events;
    final SigningKey statementKey = SigningKey.generate(RANDOM);
    final Deque<Letter> sent = new ArrayDeque<>();
    HpkeKey hpkeKey = HpkeKey.generate(RANDOM);
    Instant now = Instant.parse("2026-11-21T08:00:00Z");
    Linker linker;

    Desk(Path directory, String name, String policy) throws Exception {
        this.name = new MemberName(name);
        this.site = Site.of(Files.createDirectory(directory.resolve(name)), Role.SITE, policy);
        this.keyring = Keyring.of(site.directory);
        this.events = new SecurityEvents(() -> now, new Metrics());
        site.keys = keyring;
        this.linker = linker();
    }

    private Linker linker() throws Exception {
        Post post = new Post() {
            @Override
            public void queue(Connection connection, MemberName to, Digest about, ByteString sealed) {
                sent.add(new Letter(name, to, about, sealed));
            }

            @Override
            public void wake() {}
        };
        return new Linker(
                new Linker.Self(site.federation, name, statementKey, hpkeKey),
                new Linker.Parts(
                        site.recorder,
                        site.linking,
                        keyring,
                        site.database.readers(),
                        post,
                        events,
                        () -> now,
                        RANDOM));
    }

    /** Goes on with another HPKE key, as after a rotation. */
    void rotateHpkeKey() throws Exception {
        hpkeKey = HpkeKey.generate(RANDOM);
        linker.close();
        linker = linker();
    }

    /** The member as the log has it. */
    Member member() {
        return member(Role.SITE, false, OptionalLong.empty());
    }

    Member member(Role role, boolean suspended, OptionalLong revokedAt) {
        MemberKeys keys = MemberKeys.newBuilder()
                .setStatement(statementKey.verifyingKey().toProto())
                .setHpke(hpkeKey.toProto())
                .build();
        return new Member(
                name,
                role,
                "org",
                Site.sha256("invitation"),
                keys,
                statementKey.verifyingKey(),
                statementKey.verifyingKey(),
                1,
                suspended,
                revokedAt,
                0,
                OptionalLong.empty(),
                0);
    }

    /** The newest key that this member stated, as the log would count it. */
    LinkEpoch stated(int epoch) throws Exception {
        Site.Sent last = site.sent().stream()
                .filter(sent -> sent.envelope().statement().predicate().orElseThrow() instanceof LinkKey)
                .reduce((earlier, later) -> later)
                .orElseThrow();
        LinkKey said = (LinkKey) last.envelope().statement().predicate().orElseThrow();
        // Two sites of a test sign with one key: their statements differ in the check value.
        return new LinkEpoch(
                epoch,
                Digest.of(said.getCheck()),
                name,
                last.envelope().statement().id(),
                epoch);
    }

    /** What this member sees of the log. */
    void follow(LinkLog log) throws Exception {
        linker.follow(log);
        linker.work();
    }

    boolean take(Letter letter) {
        return linker.settled(letter.from(), letter.about(), letter.sealed(), now);
    }

    @Override
    public void close() throws IOException {
        linker.close();
        site.close();
    }
}
