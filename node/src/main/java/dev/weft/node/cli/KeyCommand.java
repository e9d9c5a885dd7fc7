package dev.weft.node.cli;

import com.google.gson.JsonObject;
import dev.weft.node.join.KeyPurpose;
import dev.weft.node.upkeep.KeyRotation;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The keys of the membership. */
@Command(
        name = "key",
        mixinStandardHelpOptions = true,
        description = "Replaces keys of the membership.",
        subcommands = {KeyCommand.RotateKeys.class})
final class KeyCommand extends Group {
    /** Rotates. */
    @Command(
            name = "rotate",
            mixinStandardHelpOptions = true,
            description = "Makes new keys and states them, signed by old and new. The node must not run; its next start"
                    + " delivers the statement, and the old keys are gone.")
    static final class RotateKeys extends NodeCommand {
        @Parameters(
                arity = "1..*",
                paramLabel = "KEY",
                description =
                        "statement, witness, tls, hpke, second. A new witness key counts once root's policy names it;"
                                + " second is a key of ML-DSA-44, beside the others.")
        private List<String> names = List.of();

        @Override
        int run() throws CliException, VerificationException, IOException {
            Set<KeyPurpose> purposes = EnumSet.noneOf(KeyPurpose.class);
            for (String name : names) {
                purposes.add(KeyPurpose.parse(name)
                        .orElseThrow(() -> new CliException(
                                Exit.USAGE, "'" + name + "' is no key; name statement, witness, tls, hpke or second")));
            }
            KeyRotation.Rotated rotated = rotate(purposes);
            if (common().json()) {
                JsonObject body = new JsonObject();
                body.addProperty("statement", rotated.statement().hex());
                body.addProperty("incarnation", rotated.incarnation());
                body.addProperty("seq", rotated.seq());
                console().json(body);
            } else {
                console().line("rotated by statement " + rotated.seq() + " (" + rotated.statement() + ")");
                if (purposes.contains(KeyPurpose.WITNESS)) {
                    console()
                            .line("Ask root for a policy that names the new witness key: until then this member's"
                                    + " cosignatures do not count.");
                }
                console().line("Then: weft-node serve --dir " + common().directory() + ", and make a new backup.");
            }
            return Exit.OK;
        }

        private KeyRotation.Rotated rotate(Set<KeyPurpose> purposes) throws IOException, VerificationException {
            try {
                return new KeyRotation(common().directory(), new SecureRandom(), InstantSource.system()).run(purposes);
            } catch (VerificationException e) {
                throw e.reason() == Reason.ALREADY_RUNNING
                        ? new VerificationException(e.reason(), e.getMessage() + "; stop it, then rotate", e)
                        : e;
            }
        }
    }
}
