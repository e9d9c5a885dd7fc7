package dev.weft.node.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Every setting of the node: its name, its default, and what it does. The list is the whole truth. */
public enum Key {
    AGGREGATOR_ADDRESSES(
            "aggregator.addresses",
            "",
            "host:port of the aggregator, comma-separated; empty: the addresses that the invitation named"),
    DELIVERY_ANSWER_TIMEOUT(
            "delivery.answer-timeout",
            "60s",
            "a stream on which nothing came for so long, while something was due, is renewed"),
    DELIVERY_BACKOFF_INITIAL("delivery.backoff-initial", "200ms", "wait after the first failed connection"),
    DELIVERY_BACKOFF_MAX("delivery.backoff-max", "30s", "longest wait between two connections"),
    DELIVERY_WINDOW("delivery.window", "256", "statements in flight at most; the aggregator may ask for fewer"),
    HTTP_ADDRESS("http.address", "127.0.0.1:7878", "host:port of the local API; port 0 takes a free one"),
    HTTP_ALLOWED_HOSTS("http.allowed-hosts", "", "further names by which the API is called, comma-separated"),
    HTTP_MAX_BATCH_BYTES("http.max-batch-bytes", "33554432", "largest body of the batch route"),
    HTTP_MAX_BODY_BYTES("http.max-body-bytes", "1048576", "largest body of every other route"),
    HTTP_THREADS("http.threads", "20", "threads of the local API at most, 4 to 200; all but 4 may wait for bodies"),
    HTTP_TLS_KEYSTORE("http.tls.keystore", "", "PKCS #12 file; with it the API speaks HTTPS and may leave loopback"),
    HTTP_TLS_KEYSTORE_PASSWORD("http.tls.keystore-password", "", "password of that file", true),
    MIRROR_ADDRESS(
            "mirror.address",
            "",
            "loopback host:port that serves this node's copy of the log as plain tlog-tiles, without a token; empty: none"),
    RELEASE_POLICY("release.policy", "release.policy", "what may leave, and what waits for the steward"),
    WITNESS_ADDRESS(
            "witness.address",
            "",
            "host:port of a plain HTTP C2SP tlog-witness of the shared log, without a token; empty: none"),
    WITNESS_MODE(
            "witness.mode",
            "mirror",
            "mirror: keep and check every entry of the shared log, then cosign; light: cosign after the proof that it"
                    + " only grew; off");

    private final String key;
    private final String defaultValue;
    private final String description;
    private final boolean secret;

    Key(String key, String defaultValue, String description) {
        this(key, defaultValue, description, false);
    }

    Key(String key, String defaultValue, String description, boolean secret) {
        this.key = key;
        this.defaultValue = defaultValue;
        this.description = description;
        this.secret = secret;
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

    public boolean secret() {
        return secret;
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
