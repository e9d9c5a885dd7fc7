package dev.weft.aggregator.cli;

import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.weft.aggregator.db.AggregatorDatabase;
import dev.weft.aggregator.db.CosignatureStore;
import dev.weft.aggregator.db.FederationStore;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.bundle.BundleRequest;
import dev.weft.proto.bundle.BundleVerdict;
import dev.weft.proto.bundle.BundleVerifier;
import dev.weft.proto.bundle.BundleWriter;
import dev.weft.proto.log.JdbcLogStore;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.note.TlogPolicy;
import dev.weft.proto.note.WitnessPolicy;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.v1.Policy;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "audit",
        description = "Write files that an auditor checks without this machine.",
        subcommands = {AuditCommand.Export.class, AuditCommand.TrustPolicy.class})
final class AuditCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getOut());
        }
    }

    /** One of these. */
    static final class Asked {
        @Option(names = "--model", paramLabel = "DIGEST", description = "Where does this model come from?")
        private @Nullable String model;

        @Option(names = "--round", paramLabel = "ROUND", description = "Who was expected, and what came of it?")
        private @Nullable String round;

        @Option(names = "--member", paramLabel = "NAME", description = "What did this member say, without a gap?")
        private @Nullable String member;

        BundleRequest request() {
            if (model != null) {
                return BundleRequest.model(model);
            }
            return round != null ? BundleRequest.round(round) : BundleRequest.member(String.valueOf(member));
        }
    }

    /** The same bytes as a node writes at the same checkpoint. */
    @Command(
            name = "export",
            description = "Write an audit bundle, beside a running daemon too. Check it with 'weft-node verify'.")
    static final class Export implements Callable<Integer> {
        @Mixin
        private Place place = new Place();

        @ArgGroup(exclusive = true, multiplicity = "1")
        private Asked asked = new Asked();

        @Option(names = "--policy", paramLabel = "FILE", description = "The auditor's tlog-policy file.")
        private @Nullable Path policy;

        @Option(
                names = "--checkpoint",
                paramLabel = "FILE",
                description =
                        "Export at this checkpoint of the log, instead of the newest that is final; before any is, the newest"
                                + " that was signed.")
        private @Nullable Path checkpoint;

        @Option(
                names = {"-o", "--out"},
                paramLabel = "FILE",
                required = true,
                description = "The new file.")
        private Path out = Path.of("bundle.zip");

        @Override
        public Integer call() throws Exception {
            if (Files.exists(out)) {
                throw new FileAlreadyExistsException(out.toString());
            }
            OfflineLog.Look look = OfflineLog.look(place.directory());
            ByteString note = note(look.federation().origin());
            Optional<ByteString> rules =
                    policy == null ? Optional.empty() : Optional.of(ByteString.copyFrom(Files.readAllBytes(policy)));
            Path partial = out.resolveSibling(out.getFileName() + ".partial");
            try (Connection connection = AggregatorDatabase.read(place.directory());
                    JdbcLogStore log = store(connection, look.federation())) {
                BundleWriter writer = new BundleWriter((first, count) -> entries(log, first, count), note);
                try (OutputStream target = new BufferedOutputStream(Files.newOutputStream(partial), 1 << 16)) {
                    writer.write(asked.request(), rules, target);
                }
                return finish(partial, rules);
            } finally {
                // A crash before this leaves the partial file, which is no bundle by its name.
                Files.deleteIfExists(partial);
            }
        }

        /** Nothing above the anchor has left, and so nothing above it goes into a file. */
        private ByteString note(String origin) throws Exception {
            if (checkpoint != null) {
                return ByteString.copyFrom(Files.readAllBytes(checkpoint));
            }
            Optional<CosignatureStore.Final> last = CosignatureStore.newest(place.directory(), origin);
            return last.isPresent()
                    ? last.get().note()
                    : ByteString.copyFrom(Files.readAllBytes(place.config().anchorFile()));
        }

        private static JdbcLogStore store(Connection connection, FederationStore.Federation federation)
                throws Exception {
            return new JdbcLogStore(connection, federation.key());
        }

        private static List<ByteString> entries(JdbcLogStore log, long first, int count) throws VerificationException {
            List<ByteString> found = log.entries(first, count);
            if (found.isEmpty()) {
                throw new VerificationException(
                        Reason.LOG_CORRUPT, "The database has no entry " + first + ", which the checkpoint covers.");
            }
            return found;
        }

        /** Checked as its reader will check it, before it gets its name. */
        private int finish(Path partial, Optional<ByteString> rules) throws IOException, VerificationException {
            BundleVerifier verifier =
                    rules.isPresent() ? BundleVerifier.withPolicy(rules.get()) : BundleVerifier.withoutPolicy();
            BundleVerdict verdict;
            try (InputStream in = new BufferedInputStream(Files.newInputStream(partial), 1 << 16)) {
                verdict = verifier.verify(in);
            }
            if (verdict.about().isEmpty()) {
                throw new VerificationException(verdict.reason().orElse(Reason.INTERNAL), verdict.detail());
            }
            Files.move(partial, out, StandardCopyOption.ATOMIC_MOVE);
            long size = verdict.about().get().checkpoint().head().size();
            if (place.json()) {
                JsonObject body = new JsonObject();
                body.addProperty("bundle", out.toString());
                body.addProperty("holds", verdict.holds());
                body.addProperty("detail", verdict.detail());
                body.addProperty("entries", verdict.about().get().entries());
                body.addProperty("size", size);
                place.out().println(body);
            } else {
                place.out()
                        .println("wrote " + out + ": " + verdict.about().get().entries() + " of " + size + " entries");
                place.out().println((verdict.holds() ? "holds: " : "does not hold: ") + verdict.detail());
            }
            return verdict.holds() ? 0 : Main.FAILED;
        }
    }

    /** What root last said on witnesses, in the form that outside tools read. */
    @Command(
            name = "policy",
            description = "Print a tlog-policy file of the log's key and of the witnesses that root named last.")
    static final class TrustPolicy implements Callable<Integer> {
        @Mixin
        private Place place = new Place();

        @Override
        public Integer call() throws Exception {
            Standing standing = OfflineLog.look(place.directory()).standing();
            List<NoteVerifier> keys = standing.logVerifiers();
            Optional<Policy> stated = standing.policy().filter(policy -> policy.getWitnessesCount() > 0);
            Optional<WitnessPolicy> witnesses =
                    stated.isPresent() ? Optional.of(WitnessPolicy.of(stated.get())) : Optional.empty();
            place.out().println("# log of the federation " + standing.name() + " " + standing.federation());
            place.out().print(TlogPolicy.print(keys, witnesses));
            place.out().flush();
            return 0;
        }
    }
}
