package dev.weft.it.load;

import dev.weft.node.db.MirrorDatabase;
import dev.weft.node.db.NodeDatabase;
import dev.weft.node.deliver.Deliverer;
import dev.weft.node.deliver.Outbox;
import dev.weft.node.deliver.OutboxTables;
import dev.weft.node.deliver.Peer;
import dev.weft.node.telemetry.Metrics;
import dev.weft.node.telemetry.SecurityEvents;
import dev.weft.node.witness.Finality;
import dev.weft.node.witness.ForkFolder;
import dev.weft.node.witness.MirrorFile;
import dev.weft.node.witness.SharedLog;
import dev.weft.node.witness.Witness;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.AuthorState;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** The outer half of a node, as the daemon has it, that records nothing: it mirrors and cosigns. */
final class MirroringMember implements AutoCloseable {
    private final ManagedChannel channel;
    private final NodeDatabase database;
    private final SecurityEvents events;
    private final Finality finality;
    private final Witness witness;
    private final Deliverer deliverer;

    MirroringMember(Seated member, Wires wires, Traffic traffic, Standing founding, Path directory, InstantSource clock)
            throws IOException, VerificationException, SQLException {
        Metrics metrics = new Metrics();
        events = new SecurityEvents(clock, metrics);
        channel = wires.open(member.tls(), member.chain(), member.ca(), traffic);
        database = NodeDatabase.open(directory);
        List<NoteVerifier> logKeys = member.logKeys().stream()
                .map(key -> NoteVerifier.ed25519(member.origin(), key))
                .toList();
        SharedLog sharedLog =
                new SharedLog(member.origin(), logKeys, database.writer(), database.readers(), events, clock);
        finality = new Finality(founding, logKeys, sharedLog, database.writer(), database.readers(), events);
        witness = Witness.mirroring(
                new Witness.Self(new MemberName(member.name()), member.witness()),
                new Witness.Parts(
                        sharedLog, finality, database.writer(), database.readers(), events, clock, Optional::empty),
                new MirrorFile(
                        MirrorDatabase.open(directory), founding, statement -> false, new ForkFolder(directory)));
        deliverer = new Deliverer(
                new Deliverer.Settings(
                        member.federation(),
                        member.origin(),
                        "weft-load",
                        64,
                        Duration.ofMillis(200),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(60)),
                new OutboxTables(
                        new Outbox(new AuthorState(0, 0, member.membership(), TreeHead.EMPTY)),
                        database.writer(),
                        database.readers()),
                sharedLog,
                new Wire(),
                () -> 0,
                new Deliverer.Surroundings(events, metrics, clock, new SecureRandom()));
        deliverer.follow(witness);
        deliverer.start();
    }

    private final class Wire implements Peer {
        @Override
        public ManagedChannel channel() {
            return channel;
        }

        @Override
        public String address() {
            return channel.authority();
        }

        @Override
        public void rotate() {
            channel.resetConnectBackoff();
        }

        @Override
        public void renew() {}
    }

    /** Entries below this are final, by this member's own verdict. */
    long finalSize() {
        return finality.finalSize();
    }

    Witness.View view() {
        return witness.view();
    }

    /** What honest peers do not cause. */
    int securityEvents() {
        return events.recent().size();
    }

    @Override
    public void close() throws IOException {
        try {
            witness.close();
        } catch (SQLException e) {
            throw new IOException("the copy could not be closed", e);
        } finally {
            deliverer.close();
            channel.shutdownNow();
            database.close();
        }
    }
}
