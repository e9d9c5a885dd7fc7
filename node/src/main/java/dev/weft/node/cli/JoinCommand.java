package dev.weft.node.cli;

import com.google.gson.JsonObject;
import dev.weft.node.AdminToken;
import dev.weft.node.join.Join;
import dev.weft.node.join.NodeIdentity;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.Invitations;
import dev.weft.proto.v1.InvitationToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Makes a directory the home of a membership. */
@Command(
        name = "join",
        mixinStandardHelpOptions = true,
        description = "Joins the federation of an invitation, with new keys in a new directory.")
final class JoinCommand extends NodeCommand {
    @Parameters(paramLabel = "INVITATION", description = "The invitation's text, a file that holds it, or - for stdin.")
    private String invitation = "";

    @Override
    int run() throws CliException, VerificationException, IOException {
        Path directory = common().directory();
        SecureRandom random = new SecureRandom();
        InvitationToken token = Invitations.parse(text());
        NodeIdentity identity = Join.join(directory, token, random, InstantSource.system());
        AdminToken.make(directory, random);
        if (common().json()) {
            JsonObject body = new JsonObject();
            body.addProperty("member", identity.name().value());
            body.addProperty("federation", identity.federation().hex());
            body.addProperty("federationName", identity.federationName());
            body.addProperty("membershipIndex", identity.membershipIndex());
            body.addProperty("directory", directory.toString());
            console().json(body);
            return Exit.OK;
        }
        console().line("joined as " + identity.name() + ", proved in the federation's log:");
        console()
                .facts(List.of(
                        List.of(
                                "  federation",
                                identity.federationName() + " "
                                        + identity.federation().hex()),
                        List.of("  role", identity.role().name().toLowerCase(Locale.ROOT)),
                        List.of("  membership", "entry " + identity.membershipIndex() + " of " + identity.origin()),
                        List.of("  directory", directory.toString())));
        Path recovery = directory.resolve("recovery.key");
        if (Files.exists(recovery)) {
            console().line("Now move " + recovery + " to a safe place that is not this machine.");
        }
        console().line("Then: weft-node serve --dir " + directory);
        return Exit.OK;
    }

    private String text() throws CliException {
        if (invitation.startsWith("weft-invitation-")) {
            return invitation;
        }
        if (!invitation.equals("-") && !Files.exists(Path.of(invitation))) {
            throw new CliException(
                    Exit.USAGE, "'" + invitation + "' is neither an invitation (weft-invitation-v1...) nor a file");
        }
        return Common.read(invitation, console()).strip();
    }
}
