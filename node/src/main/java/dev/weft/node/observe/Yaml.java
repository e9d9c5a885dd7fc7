package dev.weft.node.observe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** YAML 1.2 with the JSON schema: maps, lists, texts, numbers and truth values; no tag makes anything else. */
final class Yaml {
    private static final int MAX_CHARACTERS = 64 << 20;

    private Yaml() {}

    /** The map that the file holds; a file that holds something else is an IOException. */
    static Map<?, ?> map(Path file) throws IOException {
        LoadSettings settings = LoadSettings.builder()
                .setAllowDuplicateKeys(false)
                .setAllowRecursiveKeys(false)
                .setMaxAliasesForCollections(100)
                .setCodePointLimit(MAX_CHARACTERS)
                .setLabel(file.toString())
                .build();
        try {
            Object value = new Load(settings).loadFromString(Files.readString(file));
            if (value instanceof Map<?, ?> map) {
                return map;
            }
        } catch (YamlEngineException e) {
            throw new IOException(file + " is no YAML that can be read: " + e.getMessage(), e);
        }
        throw new IOException(file + " holds no map, as DVC writes one");
    }

    static Optional<String> text(Map<?, ?> map, String name) {
        return map.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    static Map<?, ?> map(Map<?, ?> map, String name) {
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
