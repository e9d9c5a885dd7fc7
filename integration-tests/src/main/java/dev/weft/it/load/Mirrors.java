package dev.weft.it.load;

import dev.weft.it.federation.Await;
import dev.weft.it.federation.Federation;
import dev.weft.proto.VerificationException;
import dev.weft.proto.note.WitnessPolicy;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.v1.Policy;
import dev.weft.proto.v1.Witness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Members that mirror and cosign, all of them in this process, and the policy that names them. */
final class Mirrors implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration COPYING = Duration.ofMinutes(15);

    private final List<Seated> members;
    private final List<MirroringMember> mirrors = new ArrayList<>();
    private final Traffic traffic = new Traffic();

    private Mirrors(List<Seated> members) {
        this.members = members;
    }

    /** Opens a stream for each; their files lie in folders of their names. */
    static Mirrors open(List<Seated> members, Wires wires, Path dir, InstantSource clock)
            throws IOException, VerificationException {
        Mirrors all = new Mirrors(members);
        try {
            Standing founding = Standing.of(EnvelopeOpener.open(members.get(0).genesis()));
            for (Seated member : members) {
                Path home = Files.createDirectories(dir.resolve(member.name()));
                all.mirrors.add(new MirroringMember(member, wires, all.traffic, founding, home, clock));
            }
            return all;
        } catch (SQLException e) {
            all.close();
            throw new IOException("a copy could not be opened", e);
        } catch (IOException | VerificationException | RuntimeException e) {
            all.close();
            throw e;
        }
    }

    /** States the policy as its operator does: one organisation each. */
    WitnessPolicy state(Federation federation, Path dir) throws IOException, VerificationException {
        String lines = members.stream()
                .map(member -> String.format(Locale.ROOT, "member %s %s", member.name(), member.name()))
                .collect(Collectors.joining("\n", "operator nobody here\n", "\n"));
        Path file = Files.writeString(dir.resolve("witnesses.policy"), lines);
        federation.aggregatorCommand("policy", "set", file.toString());
        int n = members.size();
        int f = (n - 1) / 3;
        Policy.Builder policy = Policy.newBuilder().setF(f).setK((n + f) / 2 + 1);
        for (Seated member : members) {
            policy.addWitnesses(Witness.newBuilder()
                    .setName(member.name())
                    .setOrganisation(member.name())
                    .setKey(member.witness().verifyingKey().toProto()));
        }
        return WitnessPolicy.of(policy.build());
    }

    void awaitPolicy() {
        Await.until("the policy in force", LIMIT, () -> mirrors.stream().allMatch(mirror -> mirror.finalSize() > 0));
    }

    /** Waits until every copy has so many entries and gave their root; none of them may object to anything. */
    void awaitCopies(long entries) {
        Await.until(
                "the copies",
                COPYING,
                () -> mirrors.stream().allMatch(mirror -> mirror.view().verified() >= entries));
        for (MirroringMember mirror : mirrors) {
            if (mirror.securityEvents() > 0) {
                throw new IllegalStateException("a mirror objects: " + mirror.view());
            }
        }
    }

    /** Bytes that all of them received. */
    long received() {
        return traffic.received();
    }

    int count() {
        return mirrors.size();
    }

    @Override
    public void close() throws IOException {
        for (MirroringMember mirror : mirrors) {
            mirror.close();
        }
    }
}
