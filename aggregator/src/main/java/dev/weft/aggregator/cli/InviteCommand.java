package dev.weft.aggregator.cli;

import dev.weft.aggregator.KeyFiles;
import dev.weft.aggregator.RunFile;
import dev.weft.aggregator.SecondKeyFiles;
import dev.weft.aggregator.config.AggregatorConfig;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.WireTime;
import dev.weft.proto.identity.CertificateAuthority;
import dev.weft.proto.identity.Invitations;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.Signatory;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.InvitationToken;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.Role;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "invite", description = "Sign an invitation with the root key; it admits one member, once.")
final class InviteCommand implements Callable<Integer> {
    private static final Pattern TIME = Pattern.compile("(\\d{1,5})(s|m|h|d)");

    /** Roles as a person writes them. */
    enum Kind {
        SITE,
        COORDINATOR,
        AUDITOR
    }

    @Mixin
    private Place place = new Place();

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @Parameters(paramLabel = "MEMBER", description = "Name of the new member.")
    private String member = "";

    @Option(names = "--role", required = true, description = "site, coordinator or auditor.")
    private Kind role = Kind.SITE;

    @Option(names = "--organisation", description = "For people.")
    private String organisation = "";

    @Option(names = "--expires", defaultValue = "7d", description = "For how long it may be used: 90s, 30m, 12h, 7d.")
    private String expires = "7d";

    @Option(names = "--address", paramLabel = "HOST:PORT", description = "Where the node finds this aggregator.")
    private List<String> addresses = new ArrayList<>();

    @Option(names = "--root-key", paramLabel = "FILE", description = "Default: root.key in the directory.")
    private @Nullable Path rootKey;

    @Option(names = "--out", paramLabel = "FILE", description = "Write the invitation there, for its owner alone.")
    private @Nullable Path out;

    @Override
    public Integer call() throws Exception {
        if (organisation.chars().anyMatch(Character::isISOControl)) {
            throw new VerificationException(
                    Reason.BAD_NAME, "--organisation holds a control character; it is shown in lists, take it out");
        }
        OfflineLog.Look look = OfflineLog.look(place.directory());
        InstantSource clock = InstantSource.system();
        SecureRandom random = new SecureRandom();
        AggregatorConfig config = place.config();
        List<Signatory> root = SecondKeyFiles.root(
                rootKey != null ? rootKey : place.directory().resolve(KeyFiles.ROOT), look.standing());
        CertificateAuthority ca =
                KeyFiles.read(place.directory(), random, clock).ca();
        Invitation.Builder template = Invitation.newBuilder()
                .setFederation(look.federation().id().toByteString())
                .setFederationName(look.federation().name())
                .setMember(MemberName.parse(member).value())
                .setRole(Role.valueOf(role.name()))
                .setOrganisation(organisation)
                .setExpires(WireTime.print(clock.instant().plus(life()).truncatedTo(ChronoUnit.MILLIS)))
                .addAllAddresses(addresses(config));
        if (look.standing().requirement().isPresent()) {
            template.setSecond(KeyAlgorithm.ML_DSA_44);
        }
        InvitationToken token = Invitations.issue(template.build(), root, ca.certificate(), random);
        String text = Invitations.toText(token);
        if (out == null) {
            place.out().println(text);
        } else {
            KeyFiles.writeSecret(out, text + "\n");
            place.out().println("Invitation for " + member + " written to " + out + "; hand it over in confidence.");
        }
        return 0;
    }

    private List<String> addresses(AggregatorConfig config) throws Exception {
        if (!addresses.isEmpty()) {
            return addresses;
        }
        return List.of(RunFile.read(place.directory())
                .map(RunFile.Running::grpc)
                .orElse(config.grpc().address())
                .toString());
    }

    private Duration life() throws VerificationException {
        Matcher matcher = TIME.matcher(expires);
        if (!matcher.matches() || spec == null) {
            throw new CommandLine.ParameterException(
                    java.util.Objects.requireNonNull(spec).commandLine(), "--expires takes 90s, 30m, 12h or 7d");
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }
}
