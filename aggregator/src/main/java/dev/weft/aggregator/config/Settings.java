package dev.weft.aggregator.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/** The effective value of every key, with its origin. Text only; {@link AggregatorConfig} gives it types. */
public final class Settings {
    /** One effective setting as a person may see it. */
    public record Effective(Key key, String value, Origin origin) {
        /** The value, or asterisks where it is a secret. */
        public String shown() {
            return key.secret() && !value.isEmpty() ? "********" : value;
        }
    }

    /** Variables of this prefix that are no settings: read by the start script, the log settings and the command line. */
    private static final Set<String> OTHER_VARIABLES =
            Set.of("WEFT_DIR", "WEFT_HOME", "WEFT_JAVA_OPTS", "WEFT_LOG_LEVEL", "WEFT_TOKEN");

    private final Map<Key, Effective> effective;

    private Settings(Map<Key, Effective> effective) {
        this.effective = effective;
    }

    /**
     * Lays the four layers over each other.
     *
     * @param file may be absent
     * @throws ConfigException for a name that no setting has, in any layer
     */
    public static Settings read(Path file, Map<String, String> environment, Map<String, String> flags)
            throws ConfigException {
        Map<Key, Effective> result = new EnumMap<>(Key.class);
        for (Key key : Key.values()) {
            result.put(key, new Effective(key, key.defaultValue(), Origin.DEFAULT));
        }
        for (Map.Entry<String, String> entry : properties(file).entrySet()) {
            put(result, fileKey(entry.getKey(), file), entry.getValue(), Origin.FILE);
        }
        for (Map.Entry<String, String> entry : environment.entrySet()) {
            Optional<Key> key = variableKey(entry.getKey());
            key.ifPresent(k -> put(result, k, entry.getValue(), Origin.ENVIRONMENT));
        }
        for (Map.Entry<String, String> entry : flags.entrySet()) {
            put(result, flagKey(entry.getKey()), entry.getValue(), Origin.FLAG);
        }
        return new Settings(result);
    }

    private static void put(Map<Key, Effective> result, Key key, String value, Origin origin) {
        result.put(key, new Effective(key, value.strip(), origin));
    }

    private static Map<String, String> properties(Path file) throws ConfigException {
        if (!Files.exists(file)) {
            return Map.of();
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigException("cannot read " + file + ": " + e.getMessage());
        }
        Map<String, String> result = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> result.put(name, properties.getProperty(name)));
        return result;
    }

    private static Key fileKey(String name, Path file) throws ConfigException {
        return Key.ofKey(name).orElseThrow(() -> unknown("setting", name, " in " + file, Key.keys()));
    }

    private static Key flagKey(String name) throws ConfigException {
        return Key.ofKey(name).orElseThrow(() -> unknown("setting", name, " after --set", Key.keys()));
    }

    private static Optional<Key> variableKey(String name) throws ConfigException {
        if (!name.startsWith("WEFT_") || OTHER_VARIABLES.contains(name)) {
            return Optional.empty();
        }
        return Optional.of(Key.ofVariable(name)
                .orElseThrow(() -> unknown("variable", name, " in the environment", Key.variables())));
    }

    private static ConfigException unknown(String what, String name, String where, List<String> known) {
        return new ConfigException("unknown " + what + " '" + name + "'" + where + Nearest.hint(name, known)
                + " ('weft-aggregator config show' lists all)");
    }

    public Effective get(Key key) {
        return Objects.requireNonNull(effective.get(key));
    }

    /** Every setting in the order of {@link Key}. */
    public List<Effective> all() {
        return Arrays.stream(Key.values()).map(this::get).toList();
    }
}
