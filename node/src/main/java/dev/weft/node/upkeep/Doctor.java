package dev.weft.node.upkeep;

import com.google.gson.JsonObject;
import dev.weft.node.config.NodeConfig;
import dev.weft.node.db.NodeDatabase;
import dev.weft.node.deliver.Outbox;
import dev.weft.node.join.ContinuedLog;
import dev.weft.node.join.NodeIdentity;
import dev.weft.node.release.ReleasePolicy;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Looks at everything that a node depends on, one thing after the other, and says what to do about each. */
public final class Doctor {
    private static final long LITTLE_SPACE = 1L << 30;
    private static final long NO_SPACE = 64L << 20;

    private final NodeConfig config;
    private final InstantSource clock;
    private final List<Finding> findings = new ArrayList<>();

    public Doctor(NodeConfig config, InstantSource clock) {
        this.config = config;
        this.clock = clock;
    }

    /**
     * Looks.
     *
     * @param running the status that the node in this directory gives of itself; empty where none runs
     */
    public List<Finding> look(Optional<JsonObject> running) {
        findings.clear();
        Optional<NodeIdentity> identity = identity();
        permissions();
        space();
        policy();
        identity.ifPresent(member -> {
            certificate(member);
            keys(member);
            findings.addAll(new Reachability(config, member, clock).look());
        });
        if (running.isPresent()) {
            running(running.get());
        } else {
            identity.ifPresent(this::database);
        }
        return List.copyOf(findings);
    }

    private Optional<NodeIdentity> identity() {
        try {
            NodeIdentity identity = NodeIdentity.load(config.directory());
            findings.add(Finding.ok("membership", identity.toString()));
            return Optional.of(identity);
        } catch (VerificationException e) {
            findings.add(Finding.broken("membership", e.getMessage(), ""));
        } catch (IOException e) {
            findings.add(Finding.broken("membership", "cannot be read: " + e.getMessage(), "restore the directory"));
        }
        return Optional.empty();
    }

    private void permissions() {
        List<String> open = new ArrayList<>();
        for (String name : List.of("keys", "tokens", "node.db")) {
            open.addAll(readableByOthers(config.directory().resolve(name)));
        }
        recoveryKeys().forEach(key -> open.addAll(readableByOthers(key)));
        findings.add(
                open.isEmpty()
                        ? Finding.ok("permissions", "keys, tokens and records are readable by this user alone")
                        : Finding.broken(
                                "permissions",
                                "others may read " + String.join(", ", open),
                                "run: chmod -R go-rwx " + config.directory()));
        for (Path key : recoveryKeys()) {
            findings.add(Finding.warning(
                    "recovery key",
                    "it still lies in this directory",
                    "move " + key + " to a safe place off this machine"));
        }
    }

    private List<Path> recoveryKeys() {
        try (Stream<Path> files = Files.list(config.directory())) {
            return files.filter(file -> String.valueOf(file.getFileName()).matches("recovery(-[0-9]+)?\\.key"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of(); // the membership's finding says so
        }
    }

    private static List<String> readableByOthers(Path path) {
        if (!Files.exists(path)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(path)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().endsWith(".crt"))
                    .filter(Doctor::openToOthers)
                    .map(Path::toString)
                    .toList();
        } catch (IOException e) {
            return List.of(path + " (unreadable)");
        }
    }

    private static boolean openToOthers(Path file) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            return permissions.contains(PosixFilePermission.OTHERS_READ)
                    || permissions.contains(PosixFilePermission.GROUP_READ);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private void space() {
        if (!Files.isDirectory(config.directory())) {
            return;
        }
        try {
            long free = Files.getFileStore(config.directory()).getUsableSpace();
            String detail = (free >> 20) + " MiB free";
            findings.add(
                    free < NO_SPACE
                            ? Finding.broken("disk", detail, "make room: records are refused when it is full")
                            : free < LITTLE_SPACE
                                    ? Finding.warning("disk", detail, "make room soon")
                                    : Finding.ok("disk", detail));
        } catch (IOException e) {
            findings.add(Finding.broken("disk", "cannot be read: " + e.getMessage(), "look at the file system"));
        }
    }

    private void policy() {
        try {
            ReleasePolicy.load(config.releasePolicy());
            findings.add(Finding.ok(
                    "release policy",
                    Files.exists(config.releasePolicy())
                            ? config.releasePolicy().toString()
                            : "no file: model digests are public, everything else stands as commitments"));
        } catch (IOException | VerificationException e) {
            findings.add(Finding.broken(
                    "release policy", String.valueOf(e.getMessage()), "the node does not start with it"));
        }
    }

    private void certificate(NodeIdentity identity) {
        X509Certificate leaf = identity.certificateChain().get(0);
        Instant end = leaf.getNotAfter().toInstant();
        Duration left = Duration.between(clock.instant(), end);
        Duration life = Duration.between(leaf.getNotBefore().toInstant(), end);
        if (left.isNegative()) {
            findings.add(Finding.broken(
                    "certificate", "it ended " + end, "start the node: it renews it, if the membership still stands"));
        } else if (left.compareTo(life.dividedBy(4)) < 0) {
            findings.add(Finding.warning(
                    "certificate", "it ends " + end, "keep the node running: it should have renewed it by now"));
        } else {
            findings.add(Finding.ok("certificate", "it ends " + end));
        }
    }

    private void keys(NodeIdentity identity) {
        List<String> ages = new ArrayList<>();
        identity.keyHistory()
                .since()
                .forEach((purpose, since) -> ages.add(purpose.text() + " "
                        + Math.max(0, Duration.between(since, clock.instant()).toDays()) + " d"));
        findings.add(Finding.ok(
                "keys", "incarnation " + identity.incarnation() + "; in force since " + String.join(", ", ages)));
        if (identity.certificateOutdated()) {
            findings.add(Finding.warning(
                    "keys",
                    "the certificate is for the TLS key before the last change",
                    "start the node: it gets a new one when the change is in the log"));
        }
    }

    private void running(JsonObject status) {
        findings.add(Finding.ok(
                "process", "a node runs here since " + status.get("started").getAsString()));
        JsonObject delivery = status.getAsJsonObject("delivery");
        String detail = status.get("pending").getAsLong() + " statements pending; "
                + delivery.get("detail").getAsString();
        findings.add(
                status.get("connected").getAsBoolean()
                                && !delivery.get("state").getAsString().equals("blocked")
                        ? Finding.ok("outbox", detail)
                        : Finding.warning("outbox", detail, "recording goes on meanwhile"));
        if (status.has("signingStopped")) {
            findings.add(Finding.broken(
                    "anchor",
                    status.getAsJsonObject("signingStopped").get("message").getAsString(),
                    ""));
        }
    }

    /** Only while no node runs: opening takes the directory's lock, and brings an older schema up to date. */
    private void database(NodeIdentity identity) {
        if (!Files.exists(config.directory().resolve("node.db"))) {
            findings.add(Finding.ok("database", "none yet; the first start makes it"));
            return;
        }
        try (NodeDatabase database = NodeDatabase.open(config.directory());
                Connection connection = database.readers().getConnection()) {
            findings.add(Finding.ok("database", "its schema is this version's"));
            Outbox outbox = new Outbox(identity.opening());
            long signed = outbox.authorState(connection).nextSeq();
            findings.add(Finding.ok(
                    "outbox", (signed - outbox.firstPending(connection)) + " of " + signed + " statements pending"));
            ContinuedLog.anchor(database, identity, outbox, clock.instant())
                    .stopped()
                    .ifPresentOrElse(
                            stopped -> findings.add(Finding.broken("anchor", stopped.message(), "")),
                            () -> findings.add(Finding.ok("anchor", "it fits the database")));
        } catch (VerificationException e) {
            findings.add(
                    e.reason() == Reason.ALREADY_RUNNING
                            ? Finding.warning("process", e.getMessage(), "it does not answer: look at its log")
                            : Finding.broken("database", e.getMessage(), ""));
        } catch (IOException | SQLException e) {
            findings.add(Finding.broken(
                    "database", String.valueOf(e.getMessage()), "restore a copy, then run: weft-node recover"));
        }
    }
}
