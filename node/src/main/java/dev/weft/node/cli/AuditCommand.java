package dev.weft.node.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.weft.node.join.NodeIdentity;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.bundle.BundleRequest;
import dev.weft.proto.bundle.BundleVerdict;
import dev.weft.proto.bundle.BundleVerifier;
import dev.weft.proto.bundle.BundleWriter;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.note.TlogPolicy;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Files for an auditor. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description = "Writes files that an auditor checks without this node, the aggregator or any network.",
        subcommands = {AuditCommand.Export.class, AuditCommand.TrustPolicy.class})
final class AuditCommand extends Group {

    /** One of these. */
    static final class Asked {
        @Option(names = "--model", paramLabel = "DIGEST", description = "Where does this model come from?")
        private @Nullable String model;

        @Option(
                names = "--round",
                paramLabel = "ROUND",
                description = "Who was expected in this round (LINE/NUMBER, or its id), and what came of it?")
        private @Nullable String round;

        @Option(names = "--member", paramLabel = "NAME", description = "What did this member say, without a gap?")
        private @Nullable String member;

        @Option(
                names = "--disclosure",
                paramLabel = "REQUEST",
                description =
                        "What was opened for this node by the answer to its request of that number? Whoever gets the file"
                                + " reads the values.")
        private @Nullable Long disclosure;

        BundleRequest request(LocalClient client) throws CliException {
            if (disclosure != null) {
                return opened(client.get("/v1/disclosures/" + disclosure));
            }
            if (model != null) {
                return BundleRequest.model(model);
            }
            return round != null ? BundleRequest.round(round) : BundleRequest.member(String.valueOf(member));
        }
    }

    private static BundleRequest opened(JsonObject shown) throws CliException {
        if (!shown.has("letter")) {
            throw new CliException(
                    Exit.NOT_FOUND,
                    "nothing was opened for this node by request " + NodeCommand.text(shown, "disclosureId")
                            + "; it is " + NodeCommand.text(shown, "state"));
        }
        return BundleRequest.disclosure(
                Digest.fromHex(NodeCommand.text(shown, "request")),
                ByteString.copyFrom(Base64.getDecoder().decode(NodeCommand.text(shown, "letter"))));
    }

    /** Reads the log through the running node and writes what answers the question. */
    @Command(
            name = "export",
            mixinStandardHelpOptions = true,
            description =
                    "Writes an audit bundle: entries as they were signed, with all keys from genesis, proved under the"
                            + " checkpoint that this node verified. Check it with: weft-node verify.")
    static final class Export extends NodeCommand {
        @ArgGroup(exclusive = true, multiplicity = "1")
        private Asked asked = new Asked();

        @Option(
                names = "--policy",
                paramLabel = "FILE",
                description = "The auditor's tlog-policy file; the bundle must satisfy it, and names it.")
        private @Nullable Path policy;

        @Option(
                names = "--checkpoint",
                paramLabel = "FILE",
                description =
                        "Export at this checkpoint of the log, instead of the largest that is final; without a witness"
                                + " policy, the largest that the node verified.")
        private @Nullable Path checkpoint;

        @Option(
                names = {"-o", "--out"},
                paramLabel = "FILE",
                required = true,
                description = "The new file.")
        private Path out = Path.of("");

        @Override
        int run() throws CliException, VerificationException, IOException {
            if (Files.exists(out)) {
                throw new CliException(Exit.USAGE, out + " exists already and is not overwritten; name another");
            }
            LocalClient client = client();
            ByteString note = checkpoint != null ? file(checkpoint) : held(client.get("/v1/log/checkpoint"));
            Optional<ByteString> policyFile = policy == null ? Optional.empty() : Optional.of(file(policy));
            BundleVerifier verifier = policyFile.isPresent()
                    ? BundleVerifier.withPolicy(policyFile.get())
                    : BundleVerifier.withoutPolicy();
            BundleWriter writer = new BundleWriter((first, count) -> entries(client, first, count), note);
            Path partial = out.resolveSibling(out.getFileName() + ".partial");
            try {
                try (OutputStream target = new BufferedOutputStream(Files.newOutputStream(partial), 1 << 16)) {
                    writer.write(asked.request(client), policyFile, target);
                }
                return finish(partial, verifier, policyFile);
            } finally {
                // A crash before this leaves the partial file, which is no bundle by its name.
                Files.deleteIfExists(partial);
            }
        }

        /** The largest that is final, where any is: its cosignatures go with it. */
        private static ByteString held(JsonObject checkpoint) {
            String name = checkpoint.has("finalNote") ? "finalNote" : "note";
            return ByteString.copyFromUtf8(checkpoint.get(name).getAsString());
        }

        /** What was written is checked as its reader will check it, before it gets its name. */
        private int finish(Path partial, BundleVerifier verifier, Optional<ByteString> policyFile) throws IOException {
            BundleVerdict verdict;
            try (InputStream in = Files.newInputStream(partial)) {
                verdict = verifier.verify(in);
            }
            if (verdict.about().isPresent()) {
                Files.move(partial, out, StandardCopyOption.ATOMIC_MOVE);
            }
            if (common().json()) {
                JsonObject body = BundleReport.json(verdict, policyFile);
                verdict.about().ifPresent(about -> body.addProperty("bundle", out.toString()));
                console().json(body);
            } else {
                verdict.about()
                        .ifPresent(about -> console().line("wrote " + out + ", " + about.entries() + " entries"));
                BundleReport.print(verdict, console());
            }
            return verdict.holds() ? Exit.OK : Exit.UNVERIFIED;
        }

        private static ByteString file(Path file) throws CliException {
            try {
                return ByteString.copyFrom(Files.readAllBytes(file));
            } catch (IOException e) {
                throw CliException.unreadable(file, e);
            }
        }

        private static List<ByteString> entries(LocalClient client, long first, int count)
                throws VerificationException {
            try {
                List<ByteString> entries = new ArrayList<>();
                JsonObject body = client.get("/v1/log/entries?first=" + first + "&count=" + count);
                for (JsonElement entry : body.getAsJsonArray("entries")) {
                    entries.add(ByteString.copyFrom(Base64.getDecoder().decode(entry.getAsString())));
                }
                return entries;
            } catch (CliException e) {
                throw new VerificationException(
                        e.code() == Exit.NOT_FOUND ? Reason.NOT_FOUND : Reason.UNAVAILABLE,
                        "The node does not hand out the log: " + e.getMessage(),
                        e);
            }
        }
    }

    /** Needs the directory, not the running node. */
    @Command(
            name = "policy",
            mixinStandardHelpOptions = true,
            description =
                    "Prints a tlog-policy file that names the log's key as this node proved it when it joined and, where the"
                            + " node runs, the witnesses of root's policy in force, as it verified it. Hand it to auditors"
                            + " by a way that is not the aggregator's.")
    static final class TrustPolicy extends NodeCommand {
        @Override
        int run() throws CliException, VerificationException, IOException {
            NodeIdentity identity = NodeIdentity.load(common().directory());
            console().line("# log of the federation " + identity.federationName() + " " + identity.federation());
            Optional<String> witnesses = witnesses();
            if (witnesses.isEmpty()) {
                console().line("# no witness is asked for: add those that the auditor shall ask for");
            }
            console()
                    .line(witnesses
                            .map(lines -> TlogPolicy.print(identity.logKeys(), lines))
                            .orElseGet(() -> TlogPolicy.print(identity.logKeys(), Optional.empty()))
                            .strip());
            return Exit.OK;
        }

        private Optional<String> witnesses() throws CliException {
            if (!LocalClient.running(common().directory())) {
                console().error("The node does not run, so its federation's witnesses are left out.");
                return Optional.empty();
            }
            JsonObject checkpoint = client().get("/v1/log/checkpoint");
            return checkpoint.has("witnesses")
                    ? Optional.of(checkpoint.get("witnesses").getAsString())
                    : Optional.empty();
        }
    }
}
