package dev.weft.aggregator.config;

import dev.weft.proto.VerificationException;
import dev.weft.proto.note.NoteVerifier;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings of one aggregator with their types, checked as a whole before anything is opened.
 *
 * @param directory of the federation; every relative path is against it
 * @param certificateLife of a member's certificate
 * @param settings where each value came from, for {@code config show}
 */
public record AggregatorConfig(
        Path directory,
        Path anchorFile,
        Duration certificateLife,
        Grpc grpc,
        HostPort http,
        Intake intake,
        Relaying relaying,
        Witnessing witnessing,
        LogFiles logFiles,
        Settings settings) {

    /** Name of the configuration file in the directory. */
    public static final String FILE = "aggregator.properties";

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

    /**
     * The listener for nodes.
     *
     * @param hosts names and addresses in the server's certificate
     * @param streams open at once, at most
     */
    public record Grpc(HostPort address, List<String> hosts, int streams) {}

    /**
     * What intake may hold at once.
     *
     * @param batchAge how long a batch waits for more under load; an idle log appends at once
     * @param window statements of one stream without an answer
     */
    public record Intake(int batchSize, Duration batchAge, int queue, int window) {}

    /**
     * Sealed messages from member to member.
     *
     * @param keep how long one waits for its reader
     * @param bytes of all that wait
     */
    public record Relaying(Duration keep, long bytes) {}

    /**
     * How cosignatures are collected.
     *
     * @param interval between two checkpoints that witnesses are asked for, at least
     * @param outside by key and URL
     */
    public record Witnessing(Duration interval, List<Outside> outside) {}

    /** A C2SP witness: its verifier key, and what stands before {@code /add-checkpoint}. */
    public record Outside(NoteVerifier verifier, URI url) {}

    /**
     * How the log is served to tools.
     *
     * @param address empty where it is not
     * @param everybody whether anybody may read it
     */
    public record LogFiles(Optional<HostPort> address, boolean everybody) {}

    /**
     * Reads {@code aggregator.properties} in the directory, the {@code WEFT_*} variables and the flags.
     *
     * @throws ConfigException for an unknown name or a value of the wrong form
     */
    public static AggregatorConfig load(Path directory, Map<String, String> environment, Map<String, String> flags)
            throws ConfigException {
        Settings settings = Settings.read(directory.resolve(FILE), environment, flags);
        return new AggregatorConfig(
                directory,
                directory.resolve(settings.get(Key.ANCHOR_FILE).value()),
                duration(settings, Key.CERTIFICATE_LIFE),
                new Grpc(
                        address(settings, Key.GRPC_ADDRESS),
                        list(settings, Key.GRPC_HOSTS),
                        number(settings, Key.GRPC_STREAMS, 1, 100_000)),
                address(settings, Key.HTTP_ADDRESS),
                new Intake(
                        number(settings, Key.INTAKE_BATCH_SIZE, 1, 1_024),
                        duration(settings, Key.INTAKE_BATCH_AGE),
                        number(settings, Key.INTAKE_QUEUE, 1, 1_000_000),
                        number(settings, Key.INTAKE_WINDOW, 1, 10_000)),
                new Relaying(
                        duration(settings, Key.RELAY_KEEP),
                        number(settings, Key.RELAY_MEGABYTES, 1, 100_000) * 1_048_576L),
                new Witnessing(duration(settings, Key.WITNESS_INTERVAL), outside(settings)),
                logFiles(settings),
                settings);
    }

    private static List<Outside> outside(Settings settings) throws ConfigException {
        Settings.Effective setting = settings.get(Key.WITNESS_OUTSIDE);
        List<Outside> outside = new ArrayList<>();
        for (String one : list(settings, Key.WITNESS_OUTSIDE)) {
            String[] words = one.split("\\s+", -1);
            try {
                NoteVerifier verifier = NoteVerifier.parse(words[0]);
                URI url = URI.create(words.length == 2 ? words[1] : "");
                boolean http = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
                if (!verifier.isCosigner() || !http || url.getHost() == null) {
                    throw wrong(setting, "VKEY URL of each witness, its key of type 4, its URL with http or https");
                }
                outside.add(new Outside(verifier, url));
            } catch (VerificationException | IllegalArgumentException e) {
                throw wrong(setting, "VKEY URL of each witness; " + e.getMessage());
            }
        }
        return List.copyOf(outside);
    }

    private static LogFiles logFiles(Settings settings) throws ConfigException {
        Settings.Effective access = settings.get(Key.LOG_ACCESS);
        if (!access.value().equals("members") && !access.value().equals("public")) {
            throw wrong(access, "members or public");
        }
        boolean served = !settings.get(Key.LOG_ADDRESS).value().isEmpty();
        return new LogFiles(
                served ? Optional.of(address(settings, Key.LOG_ADDRESS)) : Optional.empty(),
                access.value().equals("public"));
    }

    private static List<String> list(Settings settings, Key key) {
        return Arrays.stream(settings.get(key).value().split(",", -1))
                .map(String::strip)
                .filter(s -> !s.isEmpty())
                .toList();
    }

    private static HostPort address(Settings settings, Key key) throws ConfigException {
        return HostPort.parse(settings.get(key).value()).orElseThrow(() -> wrong(settings.get(key), "host:port"));
    }

    private static int number(Settings settings, Key key, int least, int most) throws ConfigException {
        Settings.Effective setting = settings.get(key);
        if (setting.value().matches("\\d{1,9}")) {
            int number = Integer.parseInt(setting.value());
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw wrong(setting, "a whole number from " + least + " to " + most);
    }

    private static Duration duration(Settings settings, Key key) throws ConfigException {
        Settings.Effective setting = settings.get(key);
        Matcher matcher = DURATION.matcher(setting.value());
        if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
            throw wrong(setting, "a time such as 20ms, 30s, 5m, 2h or 90d");
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    private static ConfigException wrong(Settings.Effective setting, String expected) {
        return new ConfigException(
                setting.key().key() + " (" + setting.origin() + ") is '" + setting.shown() + "', expected " + expected);
    }
}
