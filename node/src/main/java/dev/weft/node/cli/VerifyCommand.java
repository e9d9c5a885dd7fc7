package dev.weft.node.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import dev.weft.proto.bundle.BundleVerdict;
import dev.weft.proto.bundle.BundleVerifier;
import dev.weft.proto.bundle.ForkProof;
import dev.weft.proto.bundle.ForkVerdict;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks a file that somebody handed over: no node, no directory, no network. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description =
                "Checks an audit bundle or a fork proof offline and says in words what it proves. Needs no node and no"
                        + " directory. Exits with 0 where it holds, 1 where it does not or is neither of them, 2 where the"
                        + " file cannot be read or the policy is none.")
final class VerifyCommand extends NodeCommand {
    private static final int FIRST_BYTES = 32;

    @Parameters(paramLabel = "FILE", description = "An audit bundle or a fork proof.")
    private Path file = Path.of("");

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            description = "Whom to believe: a C2SP tlog-policy file that names the log's key and its witnesses.")
    private @Nullable Path policy;

    @Override
    int run() throws CliException, VerificationException, IOException {
        Optional<ByteString> rules = policy == null ? Optional.empty() : Optional.of(read(policy));
        BundleVerifier verifier =
                rules.isPresent() ? BundleVerifier.withPolicy(rules.get()) : BundleVerifier.withoutPolicy();
        // What does not begin as a fork proof is judged as a bundle: a file that is neither does not hold.
        return ForkProof.claims(first()) ? forkProof(read(file)) : bundle(verifier, rules);
    }

    private ByteString first() throws CliException {
        try (InputStream in = Files.newInputStream(file)) {
            return ByteString.copyFrom(in.readNBytes(FIRST_BYTES));
        } catch (IOException e) {
            throw CliException.unreadable(file, e);
        }
    }

    private static ByteString read(Path file) throws CliException {
        try (InputStream in = Files.newInputStream(file)) {
            // One byte more than a fork proof or a policy may have, so that it is seen to have it.
            return ByteString.copyFrom(in.readNBytes(ForkProof.MAX_BYTES + 1));
        } catch (IOException e) {
            throw CliException.unreadable(file, e);
        }
    }

    private int bundle(BundleVerifier verifier, Optional<ByteString> rules) throws IOException {
        BundleVerdict verdict;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            verdict = verifier.verify(in);
        }
        if (common().json()) {
            console().json(BundleReport.json(verdict, rules));
        } else {
            BundleReport.print(verdict, console());
        }
        return verdict.holds() ? Exit.OK : Exit.UNVERIFIED;
    }

    private int forkProof(ByteString bytes) {
        try {
            ForkVerdict verdict = ForkProof.parse(bytes).verify();
            if (common().json()) {
                console().json(json(verdict));
            } else {
                print(verdict);
            }
            return Exit.OK;
        } catch (VerificationException e) {
            if (common().json()) {
                JsonObject body = new JsonObject();
                body.addProperty("verdict", "does-not-hold");
                body.addProperty("reason", e.reason().code());
                body.addProperty("detail", e.getMessage());
                console().json(body);
            } else {
                console()
                        .line("DOES NOT HOLD: " + e.getMessage() + " ("
                                + e.reason().code() + ")");
            }
            return Exit.UNVERIFIED;
        }
    }

    private void print(ForkVerdict verdict) {
        console().line("PROVED: " + verdict.sentence());
        verdict.facts().forEach(fact -> console().line("  " + fact));
        console().line("Federation " + verdict.federationName() + " " + verdict.federation() + ".");
        console().line("  Anybody can make a federation of that name: compare the id with the one you know.");
        verdict.notProven().forEach(text -> console().line("not proven: " + text));
    }

    private static JsonObject json(ForkVerdict verdict) {
        JsonObject body = new JsonObject();
        body.addProperty("verdict", "holds");
        body.addProperty("kind", verdict.kind());
        body.addProperty("federation", verdict.federation().hex());
        body.addProperty("federationName", verdict.federationName());
        body.addProperty("accused", verdict.accused());
        body.addProperty("detail", verdict.sentence());
        body.add("facts", strings(verdict.facts()));
        body.add("notProven", strings(verdict.notProven()));
        return body;
    }

    private static JsonArray strings(Iterable<String> texts) {
        JsonArray all = new JsonArray();
        texts.forEach(all::add);
        return all;
    }
}
