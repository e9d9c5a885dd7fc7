package dev.weft.node.cli;

import com.google.gson.JsonObject;
import dev.weft.node.config.ConfigException;
import dev.weft.node.config.NodeConfig;
import dev.weft.node.deliver.LogPosition;
import dev.weft.node.join.NextKeys;
import dev.weft.node.upkeep.Recovery;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.SigningKey;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Goes on after a loss. */
@Command(
        name = "recover",
        mixinStandardHelpOptions = true,
        description =
                "Says why this node may not sign, and goes on by a rollover: new keys and a new incarnation, signed by"
                        + " the recovery key, with the loss declared to everybody. The node must not run.")
final class RecoverCommand extends NodeCommand {
    @Option(
            names = "--recovery-key",
            paramLabel = "FILE",
            description = "The recovery key that was taken offline. Without it the command only says what it found.")
    private @Nullable Path recoveryKey;

    @Option(names = "--loss", paramLabel = "TEXT", description = "What was lost, in words that every member will read.")
    private @Nullable String loss;

    @Option(
            names = "--keys-leaked",
            description = "Roll over although this node could go on: somebody else may hold its keys.")
    private boolean keysLeaked;

    @Option(
            names = "--without-aggregator",
            description = "Do not ask which statements the log holds: those without a receipt may then stand twice.")
    private boolean withoutAggregator;

    @Option(names = "--yes", description = "Do not ask before signing.")
    private boolean yes;

    @Override
    int run() throws CliException, VerificationException, ConfigException, IOException {
        NodeConfig config = NodeConfig.load(common().directory(), System.getenv(), Map.of());
        try (Recovery recovery = open(config)) {
            Recovery.Found found = recovery.look();
            Optional<LogPosition> log = position(recovery);
            tell(found, log);
            if (!found.needed() && !keysLeaked) {
                console()
                        .line("There is nothing to recover: this node may sign. If its keys may be in other hands, add"
                                + " --keys-leaked.");
                return Exit.OK;
            }
            if (recoveryKey == null) {
                console()
                        .line("To go on: weft-node recover --recovery-key FILE --loss \"...\" --dir "
                                + common().directory());
                return Exit.UNVERIFIED;
            }
            SigningKey key = NextKeys.recoveryKey(recoveryKey);
            confirm(found);
            return done(recovery.run(key, log, loss(found)));
        }
    }

    private static Recovery open(NodeConfig config) throws IOException, VerificationException {
        try {
            return new Recovery(config, new SecureRandom(), InstantSource.system());
        } catch (VerificationException e) {
            throw e.reason() == Reason.ALREADY_RUNNING
                    ? new VerificationException(e.reason(), e.getMessage() + "; stop it, then recover", e)
                    : e;
        }
    }

    private Optional<LogPosition> position(Recovery recovery) throws VerificationException {
        if (withoutAggregator) {
            return Optional.empty();
        }
        try {
            return Optional.of(recovery.ask());
        } catch (VerificationException e) {
            if (recoveryKey == null) {
                return Optional.empty();
            }
            throw new VerificationException(
                    e.reason(),
                    e.getMessage()
                            + " Which of this node's statements the log holds is not known: recover when it can be asked, or"
                            + " add --without-aggregator, and what has no receipt here may stand twice.",
                    e);
        }
    }

    private void tell(Recovery.Found found, Optional<LogPosition> log) {
        Console out = console();
        out.line("member       " + found.identity() + ", incarnation " + found.incarnation());
        out.line("statements   " + found.signed() + " signed here, " + found.receipted() + " with a receipt");
        out.line("shared log   "
                + log.map(at -> "incarnation " + at.incarnation() + ", holds statements below " + at.nextSeq())
                        .orElse("not asked"));
        found.stopped()
                .ifPresent(stopped -> out.line("found        " + stopped.message() + " ("
                        + stopped.reason().code() + ")"));
        found.refusal().ifPresent(refusal -> out.line("found        " + refusal));
        log.filter(at -> at.incarnation() == found.incarnation() && at.nextSeq() > found.signed())
                .ifPresent(at -> out.line("found        the log holds statements that this directory does not: it was"
                        + " restored from an older copy, or another copy of it has signed since"));
        if (found.begun()) {
            out.line("found        a rollover that was signed here and not finished; it is taken up as it is");
        }
    }

    private void confirm(Recovery.Found found) throws CliException {
        console()
                .line("will do      end incarnation " + found.incarnation() + ", open " + (found.incarnation() + 1)
                        + " with new keys, declare the loss; records stay, undelivered statements are stated again");
        if (yes) {
            return;
        }
        console().line("No other copy of this directory may go on after this. Type the member's name to sign:");
        String typed = Common.read("-", console()).strip();
        if (!typed.equals(found.identity().name().value())) {
            throw new CliException(Exit.USAGE, "nothing was signed");
        }
    }

    private String loss(Recovery.Found found) throws CliException {
        if (loss != null) {
            return loss;
        }
        if (keysLeaked && !found.needed()) {
            return "The keys may have leaked; nothing was lost.";
        }
        throw new CliException(
                Exit.USAGE, "say with --loss what was lost, for example: --loss \"records since Monday's backup\"");
    }

    private int done(Recovery.RolledOver rolled) {
        if (common().json()) {
            JsonObject body = new JsonObject();
            body.addProperty("incarnation", rolled.incarnation());
            body.addProperty("recoveryKey", rolled.recovery().toString());
            console().json(body);
            return Exit.OK;
        }
        console().line("rolled over  incarnation " + rolled.incarnation() + " begins with the node's next start");
        console()
                .line("Now move " + rolled.recovery()
                        + " to a safe place that is not this machine; the old recovery key"
                        + " is worth nothing any more.");
        console().line("Then: weft-node serve --dir " + common().directory() + ", and make a new backup.");
        return Exit.OK;
    }
}
