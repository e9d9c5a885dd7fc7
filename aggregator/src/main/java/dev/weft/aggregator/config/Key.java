package dev.weft.aggregator.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Every setting of the aggregator: its name, its default, and what it does. The list is the whole truth. */
public enum Key {
    ANCHOR_FILE(
            "anchor.file",
            "aggregator.anchor",
            "the anchor; put it on another disk than the database where there is one, and never into a backup"),
    CERTIFICATE_LIFE("certificate.life", "90d", "life of a member's certificate; nodes renew at two thirds"),
    GRPC_ADDRESS("grpc.address", "127.0.0.1:7443", "host:port for nodes, mutual TLS; port 0 takes a free one"),
    GRPC_HOSTS("grpc.hosts", "localhost,127.0.0.1", "names and addresses in the server's certificate, comma-separated"),
    GRPC_STREAMS("grpc.streams", "2000", "exchange streams open at once, at most"),
    HTTP_ADDRESS("http.address", "127.0.0.1:7080", "host:port for people and tools; port 0 takes a free one"),
    INTAKE_BATCH_AGE("intake.batch-age", "20ms", "under load a batch waits so long for more statements, at most"),
    INTAKE_BATCH_SIZE("intake.batch-size", "1024", "statements in one transaction, at most"),
    INTAKE_QUEUE("intake.queue", "8192", "checked statements that wait for the log, at most"),
    INTAKE_WINDOW("intake.window", "256", "statements of one stream without an answer, at most"),
    LOG_ACCESS(
            "log.access",
            "members",
            "who may read the log's files: members (by certificate, and tools by tokens/log.token), or public"),
    LOG_ADDRESS("log.address", "", "host:port for the log's files, tlog-tiles over HTTPS; empty: not served"),
    RELAY_KEEP("relay.keep", "14d", "a sealed message of one member for another waits so long for its reader, at most"),
    RELAY_MEGABYTES("relay.megabytes", "64", "room for sealed messages that wait for their readers"),
    WITNESS_INTERVAL("witness.interval", "100ms", "witnesses are asked for a checkpoint at most so often"),
    WITNESS_OUTSIDE(
            "witness.outside",
            "",
            "C2SP witnesses that the policy names, as VKEY URL, comma-separated; nothing else is ever dialled");

    private final String key;
    private final String defaultValue;
    private final String description;

    Key(String key, String defaultValue, String description) {
        this.key = key;
        this.defaultValue = defaultValue;
        this.description = description;
    }

    /** As it stands in the file and after {@code --set}. */
    public String key() {
        return key;
    }

    /** As it stands in the environment: {@code http.address} is {@code WEFT_HTTP_ADDRESS}. */
    public String variable() {
        return "WEFT_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    public String defaultValue() {
        return defaultValue;
    }

    public String description() {
        return description;
    }

    /** Whether {@code config show} hides the value. None is secret now: keys and tokens are files. */
    public boolean secret() {
        return false;
    }

    static Optional<Key> ofKey(String key) {
        return Arrays.stream(values()).filter(k -> k.key.equals(key)).findFirst();
    }

    static Optional<Key> ofVariable(String variable) {
        return Arrays.stream(values())
                .filter(k -> k.variable().equals(variable))
                .findFirst();
    }

    static List<String> keys() {
        return Arrays.stream(values()).map(Key::key).toList();
    }

    static List<String> variables() {
        return Arrays.stream(values()).map(Key::variable).toList();
    }
}
