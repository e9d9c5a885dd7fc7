package dev.weft.it.load;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.aggregator.db.AggregatorDatabase;
import dev.weft.aggregator.graph.GraphStore;
import dev.weft.proto.VerificationException;
import dev.weft.proto.WireTime;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.graph.MemoryGraph;
import dev.weft.proto.statement.PredicateType;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.Membership;
import dev.weft.proto.v1.Open;
import dev.weft.proto.v1.Register;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.Round;
import dev.weft.proto.v1.SignedInvitation;
import dev.weft.proto.v1.TrainingProtocol;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What it costs to project contributions into the aggregator's graph, apart from all else: no signatures, no log, one
 * thread, a new database. Every site contributes once to each round, and all rounds are registered and opened before.
 */
public final class Projecting implements AutoCloseable {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final long FEDERATION = 1;
    private static final String COORDINATOR = "coordinator";
    /** Entries in a transaction, as the aggregator's log thread takes them. */
    static final int STEP = 128;

    private final Path directory;
    private final AggregatorDatabase database;
    private final GraphStore graph = new GraphStore(FEDERATION);
    private final List<String> sites;
    private final List<Digest> rounds = new ArrayList<>();
    private long index;
    private long contributed;

    /**
     * What some contributions cost.
     *
     * @param projectMicros processor time of the thread each, without the commit
     * @param commitMicros the commit's part, check-points of the write-ahead log included
     * @param bytes on disk each
     */
    public record Cost(double projectMicros, double commitMicros, double bytes) {
        /** Processor time of the thread each. */
        public double micros() {
            return projectMicros + commitMicros;
        }
    }

    /** A new database in an empty directory, with the rounds that so many contributions of so many sites need. */
    public Projecting(Path directory, int sites, int contributions)
            throws VerificationException, IOException, SQLException {
        this.directory = directory;
        this.database = AggregatorDatabase.open(directory);
        this.sites = names(sites);
        for (Statement statement : before(this.sites, contributions / sites + 1, rounds)) {
            project(statement);
        }
        database.writer().commit();
    }

    /** Projects so many more, each site in turn. */
    public Cost run(int contributions) throws SQLException {
        long bytes = size();
        long project = 0;
        long commit = 0;
        for (int done = 0; done < contributions; done += STEP) {
            List<Statement> step = next(Math.min(STEP, contributions - done));
            long start = THREADS.getCurrentThreadCpuTime();
            for (Statement statement : step) {
                project(statement);
            }
            long projected = THREADS.getCurrentThreadCpuTime();
            database.writer().commit();
            project += projected - start;
            commit += THREADS.getCurrentThreadCpuTime() - projected;
        }
        return new Cost(
                project / 1e3 / contributions, commit / 1e3 / contributions, (double) (size() - bytes) / contributions);
    }

    /** What the projection alone costs, into a graph in memory: processor time of the thread each, in microseconds. */
    public static double inMemory(int sites, int contributions) {
        List<String> names = names(sites);
        List<Digest> rounds = new ArrayList<>();
        MemoryGraph graph = new MemoryGraph();
        before(names, contributions / sites + 1, rounds).forEach(graph::add);
        long spent = 0;
        for (int n = 0; n < contributions; n++) {
            Statement statement = contribution(names, rounds, n);
            long start = THREADS.getCurrentThreadCpuTime();
            graph.add(statement);
            spent += THREADS.getCurrentThreadCpuTime() - start;
        }
        return spent / 1e3 / contributions;
    }

    private void project(Statement statement) throws SQLException {
        graph.project(database.writer(), index++, statement);
    }

    private List<Statement> next(int some) {
        List<Statement> next = new ArrayList<>(some);
        for (int i = 0; i < some; i++) {
            next.add(contribution(sites, rounds, contributed++));
        }
        return next;
    }

    private static Statement contribution(List<String> sites, List<Digest> rounds, long n) {
        String site = sites.get((int) (n % sites.size()));
        int round = (int) (n / sites.size());
        return said(
                site,
                Specimen.contribution(site, round, rounds.get(round), model(round + 1))
                        .build());
    }

    /** The federation before the first contribution; adds the ids of its rounds. */
    private static List<Statement> before(List<String> sites, int rounds, List<Digest> ids) {
        List<Statement> all = new ArrayList<>();
        all.add(said("aggregator", membership(COORDINATOR, Role.COORDINATOR)));
        sites.forEach(site -> all.add(said("aggregator", membership(site, Role.SITE))));
        for (int i = 0; i < rounds; i++) {
            Register.Builder register = Register.newBuilder()
                    .setTrainingLine("load")
                    .setNumber(i + 1)
                    .setProtocol(TrainingProtocol.newBuilder().setAggregation("fedavg"))
                    .setInputModel(Specimen.publicModel(model(i + 1)));
            if (i > 0) {
                register.setPredecessor(ids.get(i - 1).toByteString());
            }
            Statement registered =
                    said(COORDINATOR, Round.newBuilder().setRegister(register).build());
            Open open = Open.newBuilder()
                    .setRound(registered.id().toByteString())
                    .addAllExpected(sites)
                    .build();
            ids.add(registered.id());
            all.add(registered);
            all.add(said(COORDINATOR, Round.newBuilder().setOpen(open).build()));
        }
        return all;
    }

    private static String model(int round) {
        return Specimen.model("global " + round);
    }

    private static List<String> names(int sites) {
        return Stream.iterate(1, n -> n + 1)
                .limit(sites)
                .map(n -> String.format("site%04d", n))
                .toList();
    }

    private static Membership membership(String name, Role role) {
        ByteString invitation =
                Invitation.newBuilder().setMember(name).setRole(role).build().toByteString();
        return Membership.newBuilder()
                .setInvitation(SignedInvitation.newBuilder().setInvitation(invitation))
                .build();
    }

    private static Statement said(String author, Message body) {
        Header header = Header.newBuilder()
                .setAuthor(author)
                .setRecordedAt(WireTime.print(Instant.EPOCH))
                .build();
        Digest id = Hashing.sha256(author.getBytes(StandardCharsets.UTF_8), body.toByteArray());
        PredicateType type = PredicateType.of(body);
        return new Statement(id, type.uri(), header, Optional.of(body));
    }

    /** Bytes of all pages that hold something, in the write-ahead log or not. */
    private long size() throws SQLException {
        return (pragma("page_count") - pragma("freelist_count")) * pragma("page_size");
    }

    private long pragma(String name) throws SQLException {
        try (java.sql.Statement statement = database.writer().createStatement();
                ResultSet row = statement.executeQuery("PRAGMA " + name)) {
            return row.getLong(1);
        }
    }

    /** Removes the database. */
    @Override
    public void close() throws IOException, SQLException {
        database.close();
        Files.delete(directory.resolve(AggregatorDatabase.FILE));
    }
}
