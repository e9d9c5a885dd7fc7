package dev.weft.node.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings of one node with their types, checked as a whole before anything is opened.
 *
 * @param directory of the membership; every relative path is against it
 * @param settings where each value came from, for {@code config show}
 */
public record NodeConfig(
        Path directory, Http http, Delivery delivery, Path releasePolicy, Witness witness, Settings settings) {

    /** Name of the configuration file in the directory. */
    public static final String FILE = "node.properties";

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    /**
     * The local API.
     *
     * @param allowedHosts names beside loopback's own that a request's Host may carry
     * @param maxBodyBytes largest body of every route but the batch
     */
    public record Http(
            HostPort address,
            List<String> allowedHosts,
            long maxBodyBytes,
            long maxBatchBytes,
            int threads,
            Optional<Tls> tls) {}

    /** HTTPS for the local API. */
    public record Tls(Path keystore, String password) {
        @Override
        public String toString() {
            return "Tls[" + keystore + "]";
        }
    }

    /**
     * How statements get to the aggregator.
     *
     * @param addresses empty: those of the membership
     */
    public record Delivery(
            List<String> addresses, int window, Duration backoffInitial, Duration backoffMax, Duration answerTimeout) {}

    /** How much of the shared log this node looks at. */
    public enum WitnessMode {
        MIRROR,
        LIGHT,
        OFF
    }

    /**
     * What this node does for the shared log.
     *
     * @param mirrorAddress where its copy is served; loopback
     * @param address where it is a plain C2SP witness
     */
    public record Witness(WitnessMode mode, Optional<HostPort> mirrorAddress, Optional<HostPort> address) {}

    /**
     * Reads {@code node.properties} in the directory, the {@code WEFT_*} variables and the flags.
     *
     * @throws ConfigException for an unknown name, a value of the wrong form, or values that contradict each other
     */
    public static NodeConfig load(Path directory, Map<String, String> environment, Map<String, String> flags)
            throws ConfigException {
        Settings settings = Settings.read(directory.resolve(FILE), environment, flags);
        return new NodeConfig(
                directory,
                http(settings, directory),
                delivery(settings),
                directory.resolve(text(settings, Key.RELEASE_POLICY)),
                witness(settings),
                settings);
    }

    private static Http http(Settings settings, Path directory) throws ConfigException {
        HostPort address = address(settings, Key.HTTP_ADDRESS);
        Optional<Tls> tls = Optional.of(text(settings, Key.HTTP_TLS_KEYSTORE))
                .filter(path -> !path.isEmpty())
                .map(path -> new Tls(directory.resolve(path), text(settings, Key.HTTP_TLS_KEYSTORE_PASSWORD)));
        if (tls.isEmpty() && !address.loopback()) {
            throw new ConfigException("http.address " + address + " is not a loopback address: set http.tls.keystore"
                    + " so that tokens do not cross the network readable, or use 127.0.0.1");
        }
        return new Http(
                address,
                list(settings, Key.HTTP_ALLOWED_HOSTS),
                number(settings, Key.HTTP_MAX_BODY_BYTES, n -> n >= 1024 && n <= 1L << 30),
                number(settings, Key.HTTP_MAX_BATCH_BYTES, n -> n >= 1024 && n <= 1L << 30),
                (int) number(settings, Key.HTTP_THREADS, n -> n >= 4 && n <= 200),
                tls);
    }

    private static Delivery delivery(Settings settings) throws ConfigException {
        List<String> addresses = list(settings, Key.AGGREGATOR_ADDRESSES);
        for (String address : addresses) {
            if (HostPort.parse(address).isEmpty()) {
                throw wrong(settings.get(Key.AGGREGATOR_ADDRESSES), "host:port,host:port");
            }
        }
        return new Delivery(
                addresses,
                (int) number(settings, Key.DELIVERY_WINDOW, n -> n >= 1 && n <= 10_000),
                duration(settings, Key.DELIVERY_BACKOFF_INITIAL),
                duration(settings, Key.DELIVERY_BACKOFF_MAX),
                duration(settings, Key.DELIVERY_ANSWER_TIMEOUT));
    }

    private static Witness witness(Settings settings) throws ConfigException {
        Optional<HostPort> mirror = optional(settings, Key.MIRROR_ADDRESS);
        WitnessMode mode = mode(settings);
        if (mirror.isPresent() && !mirror.get().loopback()) {
            throw new ConfigException("mirror.address " + mirror.get() + " is not a loopback address: it asks for no"
                    + " token; put a server of your own before it");
        }
        if (mirror.isPresent() && mode != WitnessMode.MIRROR) {
            throw new ConfigException("mirror.address serves this node's copy of the log; set witness.mode = mirror");
        }
        return new Witness(mode, mirror, optional(settings, Key.WITNESS_ADDRESS));
    }

    private static Optional<HostPort> optional(Settings settings, Key key) throws ConfigException {
        return text(settings, key).isEmpty() ? Optional.empty() : Optional.of(address(settings, key));
    }

    private static WitnessMode mode(Settings settings) throws ConfigException {
        String mode = text(settings, Key.WITNESS_MODE);
        return Arrays.stream(WitnessMode.values())
                .filter(known -> known.name().toLowerCase(Locale.ROOT).equals(mode))
                .findFirst()
                .orElseThrow(() -> wrong(settings.get(Key.WITNESS_MODE), "mirror, light or off"));
    }

    private static String text(Settings settings, Key key) {
        return settings.get(key).value();
    }

    private static List<String> list(Settings settings, Key key) {
        return Arrays.stream(text(settings, key).split(",", -1))
                .map(String::strip)
                .filter(s -> !s.isEmpty())
                .toList();
    }

    private static HostPort address(Settings settings, Key key) throws ConfigException {
        return HostPort.parse(text(settings, key)).orElseThrow(() -> wrong(settings.get(key), "host:port"));
    }

    private static long number(Settings settings, Key key, LongPredicate allowed) throws ConfigException {
        Settings.Effective setting = settings.get(key);
        if (setting.value().matches("\\d{1,18}") && allowed.test(Long.parseLong(setting.value()))) {
            return Long.parseLong(setting.value());
        }
        throw wrong(setting, "a whole number in range, for example " + key.defaultValue());
    }

    private static Duration duration(Settings settings, Key key) throws ConfigException {
        Settings.Effective setting = settings.get(key);
        Matcher matcher = DURATION.matcher(setting.value());
        if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
            throw wrong(setting, "a time such as 200ms, 30s, 5m or 2h");
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    private static ConfigException wrong(Settings.Effective setting, String expected) {
        return new ConfigException(
                setting.key().key() + " (" + setting.origin() + ") is '" + setting.shown() + "', expected " + expected);
    }
}
