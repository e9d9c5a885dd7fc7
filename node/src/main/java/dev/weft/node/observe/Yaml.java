package dev.weft.node.observe;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.JsonSchema;
import org.snakeyaml.engine.v2.schema.Schema;

/** YAML 1.2 with the JSON schema: maps, lists, texts, numbers and truth values; no tag makes anything else. */
public final class Yaml {
    /** Scalars as they are written: text, or nothing. */
    private static final class Written extends JsonSchema {
        @Override
        public ScalarResolver getScalarResolver() {
            return (value, plain) -> plain && NOTHING.contains(value) ? Tag.NULL : Tag.STR;
        }
    }

    private static final Set<String> NOTHING = Set.of("", "null", "~");

    private Yaml() {}

    /** The map that the file holds; a file that holds something else is an IOException. */
    static Map<?, ?> map(Path file) throws IOException {
        return map(file, new JsonSchema());
    }

    /**
     * As {@link #map(Path)}, but numbers and truth values are the text they are written with. For what a YAML 1.1 library
     * wrote: it prints the text {@code 12e34} plainly, which version 1.2 takes for a number.
     */
    public static Map<?, ?> written(Path file) throws IOException {
        return map(file, new Written());
    }

    private static Map<?, ?> map(Path file, Schema schema) throws IOException {
        String text = SmallFile.text(file);
        LoadSettings settings = LoadSettings.builder()
                .setSchema(schema)
                .setAllowDuplicateKeys(false)
                .setAllowRecursiveKeys(false)
                .setMaxAliasesForCollections(100)
                .setCodePointLimit(text.length() + 1)
                .setLabel(file.toString())
                .build();
        try {
            Object value = new Load(settings).loadFromString(text);
            if (value instanceof Map<?, ?> map) {
                return map;
            }
        } catch (YamlEngineException e) {
            throw new IOException(file + " is no YAML that can be read: " + oneLine(e), e);
        }
        throw new IOException(file + " holds no map of names and values");
    }

    private static String oneLine(YamlEngineException e) {
        return String.valueOf(e.getMessage()).replaceAll("\\s+", " ").strip();
    }

    /** The text under a name. */
    public static Optional<String> text(Map<?, ?> map, String name) {
        return map.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    /** The map under a name; an empty one where there is none. */
    public static Map<?, ?> map(Map<?, ?> map, String name) {
        return map.get(name) instanceof Map<?, ?> inner ? inner : Map.of();
    }

    static List<Map<?, ?>> maps(Map<?, ?> map, String name) throws IOException {
        if (!(map.get(name) instanceof List<?> list)) {
            return List.of();
        }
        List<Map<?, ?>> maps = new ArrayList<>();
        for (Object each : list) {
            if (!(each instanceof Map<?, ?> inner)) {
                throw new IOException("'" + name + "' holds something that is no map");
            }
            maps.add(inner);
        }
        return maps;
    }
}
