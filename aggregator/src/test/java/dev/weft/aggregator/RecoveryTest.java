package dev.weft.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import dev.weft.aggregator.db.AggregatorDatabase;
import dev.weft.aggregator.db.PooledLogStore;
import dev.weft.aggregator.recover.EntrySource;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.log.JdbcLogStore;
import dev.weft.proto.log.TransparencyLog;
import dev.weft.proto.merkle.TilePath;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.SignedEnvelope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that was set back, damaged, lost or copied, and the anchor that remembers. */
@SuppressWarnings("NullAway.Init")
final class RecoveryTest {
    /** More than one bundle of entries. */
    private static final int MANY = 300;

    @TempDir
    private Path folder;

    private Path home;
    private Lab lab;
    private Site site;

    @BeforeEach
    void open() throws Exception {
        home = folder.resolve("a");
        lab = new Lab(home);
        site = lab.join("hospital-a");
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private void say(int statements) throws Exception {
        TestStream stream = lab.connect(site).hello(lab.federation().appender().standing());
        int first = (int) stream.welcome().getExpectedSeq();
        for (int n = 0; n < statements; n++) {
            stream.send(site.next());
            if (n % 50 == 49 || n == statements - 1) {
                assertThat(stream.isAppended(first + n)).isTrue(); // keeps to the window
            }
        }
    }

    private TreeHead head() {
        return lab.federation().appender().published().current().head();
    }

    /** Writes what a mirror of the log would serve. */
    private Path mirror(String name) throws IOException {
        Path mirror = folder.resolve(name);
        PooledLogStore log = lab.federation().readers();
        long size = head().size();
        for (TilePath bundle : TilePath.of(TilePath.ENTRIES, size)) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (ByteString entry : log.entries(bundle.index() * TilePath.FULL, bundle.width())) {
                bytes.write(entry.size() >> 8);
                bytes.write(entry.size());
                entry.writeTo(bytes);
            }
            Path file = mirror.resolve(bundle.path());
            Files.createDirectories(file.getParent());
            Files.write(file, bytes.toByteArray());
        }
        Files.write(
                mirror.resolve("checkpoint"),
                lab.federation().appender().published().current().note().toByteArray());
        return mirror;
    }

    private void restore(Path backup) throws IOException {
        for (String suffix : List.of("", "-wal", "-shm")) {
            Files.deleteIfExists(home.resolve(AggregatorDatabase.FILE + suffix));
        }
        Files.copy(backup.resolve(AggregatorDatabase.FILE), home.resolve(AggregatorDatabase.FILE));
    }

    private Recovery.Refilled refill(boolean setAside, Path... sources) throws Exception {
        List<EntrySource> opened = new java.util.ArrayList<>();
        for (Path source : sources) {
            opened.add(EntrySource.open(source.toString(), Optional.empty()));
        }
        try {
            return new Recovery(Lab.config(home), new SecureRandom(), Lab.CLOCK).refill(opened, setAside);
        } finally {
            opened.forEach(EntrySource::close);
        }
    }

    private static void refused(Reason reason, ThrowingCallable work) {
        assertThatThrownBy(work)
                .isInstanceOfSatisfying(
                        VerificationException.class,
                        e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
    }

    @Test
    void backupTakenWhileRunning_isRefilledFromAMirrorToExactlyTheAnchoredRoot() throws Exception {
        say(5);
        Backup.write(home, folder.resolve("backup"));
        say(MANY);
        TreeHead signed = head();
        Path mirror = mirror("mirror");
        lab.stop();
        restore(folder.resolve("backup"));
        refused(Reason.ANCHOR_AHEAD, () -> OpenFederation.open(Lab.config(home), new SecureRandom(), Lab.CLOCK));

        assertThat(refill(false, mirror)).isEqualTo(new Recovery.Refilled(7, signed));

        lab.restart();
        assertThat(head()).isEqualTo(signed);
        say(1);
        assertThat(head().size()).isEqualTo(signed.size() + 1);
        lab.stop();
        assertThat(refill(false)).as("nothing to do").isEqualTo(new Recovery.Refilled(signed.size() + 1, head()));
        assertThat(Rebuild.run(Lab.config(home)).before())
                .isEqualTo(Rebuild.run(Lab.config(home)).after());
        lab.restart();
    }

    @Test
    void lyingOrShortSources_areRefused_andLeaveTheDatabaseAsItWas() throws Exception {
        Backup.write(home, folder.resolve("backup"));
        say(MANY);
        Path changed = mirror("changed");
        Path bundle = changed.resolve(new TilePath(TilePath.ENTRIES, 0, TilePath.FULL).path());
        byte[] bytes = Files.readAllBytes(bundle);
        int at = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).lastIndexOf("\"seq\":\"");
        bytes[at + 7] ^= 1;
        Files.write(bundle, bytes);
        TreeHead signed = head();
        Backup.write(home, folder.resolve("newer"));
        Path newer = folder.resolve("newer").resolve(AggregatorDatabase.FILE);
        lab.stop();
        restore(folder.resolve("backup"));

        refused(Reason.NOT_FOUND, () -> refill(false, changed));
        refused(Reason.NOT_FOUND, () -> refill(false, folder.resolve("backup").resolve(AggregatorDatabase.FILE)));
        refused(Reason.NOT_FOUND, () -> refill(false));
        assertThat(refill(false, changed, newer)).isEqualTo(new Recovery.Refilled(2, signed));
        lab.restart();
    }

    @Test
    void mirrorOverHttp_isReadWithItsToken_andRefusedWithoutOne() throws Exception {
        Backup.write(home, folder.resolve("backup"));
        say(MANY);
        TreeHead signed = head();
        Path mirror = mirror("mirror");
        lab.stop();
        restore(folder.resolve("backup"));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/log/", exchange -> {
            Path file = mirror.resolve(exchange.getRequestURI().getPath().substring("/log/".length()));
            boolean known = "Bearer secret".equals(exchange.getRequestHeaders().getFirst("Authorization"));
            boolean there = Files.isRegularFile(file);
            byte[] body = known && there ? Files.readAllBytes(file) : new byte[0];
            exchange.sendResponseHeaders(known ? there ? 200 : 404 : 401, body.length == 0 ? -1 : body.length);
            if (body.length > 0) {
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        });
        server.start();
        String address = "http://127.0.0.1:" + server.getAddress().getPort() + "/log";
        Recovery recovery = new Recovery(Lab.config(home), new SecureRandom(), Lab.CLOCK);
        try (EntrySource without = EntrySource.open(address, Optional.empty());
                EntrySource with = EntrySource.open(address, Optional.of("secret"))) {
            assertThatThrownBy(() -> recovery.refill(List.of(without), false)).hasMessageContaining("401");
            assertThat(recovery.refill(List.of(with), false)).isEqualTo(new Recovery.Refilled(2, signed));
        } finally {
            server.stop(0);
        }
        lab.restart();
    }

    @Test
    void backupsTakenWhileStatementsCome_areEachAPrefixOfTheLog() throws Exception {
        TestStream stream = lab.connect(site).hello(lab.federation().appender().standing());
        for (int n = 0; n < 4; n++) {
            for (int i = 0; i < 15; i++) {
                stream.send(site.next());
            }
            Backup.write(home, folder.resolve("backup-" + n));
        }
        assertThat(stream.isAppended(59)).isTrue();
        PooledLogStore log = lab.federation().readers();
        for (int n = 0; n < 4; n++) {
            Path file = folder.resolve("backup-" + n).resolve(AggregatorDatabase.FILE);
            try (var connection = AggregatorDatabase.readFile(file);
                    JdbcLogStore copy = new JdbcLogStore(connection, Founding.FEDERATION)) {
                TreeHead opened = TransparencyLog.open(copy).head(); // entries, tiles and head give one tree
                assertThat(copy.entries(0, 1_000)).isEqualTo(log.entries(0, (int) opened.size()));
            }
        }
        lab.stop();
        restore(folder.resolve("backup-0"));
        Files.delete(home.resolve("aggregator.anchor"));
        refused(Reason.ANCHOR_MISSING, () -> OpenFederation.open(Lab.config(home), new SecureRandom(), Lab.CLOCK));
    }

    @Test
    void databaseThatIsGone_isMadeAnewFromTheMirror() throws Exception {
        say(MANY);
        TreeHead signed = head();
        Path mirror = mirror("mirror");
        lab.stop();
        Files.delete(home.resolve(AggregatorDatabase.FILE));

        assertThat(refill(false, mirror)).isEqualTo(new Recovery.Refilled(0, signed));
        lab.restart();
        assertThat(lab.federation().appender().standing().members()).hasSize(1);
        say(1);
    }

    @Test
    void changedEntry_isSetAsideAndRefilled() throws Exception {
        say(3);
        Path mirror = mirror("mirror");
        lab.stop();
        try (var connection = java.sql.DriverManager.getConnection("jdbc:sqlite:" + home.resolve("aggregator.db"));
                var change = connection.createStatement()) {
            change.executeUpdate("UPDATE log_entry SET entry = x'00' WHERE idx = 3");
        }
        refused(Reason.LOG_CORRUPT, () -> refill(false, mirror));
        assertThat(refill(true, mirror).before()).isZero();
        assertThat(home.resolve("aggregator.db.aside-1")).exists();
        lab.restart();
        say(1);
    }

    @Test
    void withoutAnAnchor_nothingIsRefilled() throws Exception {
        Path mirror = mirror("mirror");
        lab.stop();
        Files.delete(home.resolve("aggregator.anchor"));
        refused(Reason.ANCHOR_MISSING, () -> refill(false, mirror));
        refused(Reason.ANCHOR_MISSING, () -> OpenFederation.open(Lab.config(home), new SecureRandom(), Lab.CLOCK));
    }

    private Continuation.Continued goOn(Path... mirrors) throws Exception {
        List<EntrySource> opened = new java.util.ArrayList<>();
        for (Path mirror : mirrors) {
            opened.add(EntrySource.open(mirror.toString(), Optional.empty()));
        }
        try {
            return new Continuation(Lab.config(home), new SecureRandom(), Lab.CLOCK)
                    .run(new Continuation.Given(
                            opened, List.of(), List.of(lab.directory().resolve(KeyFiles.ROOT))));
        } finally {
            opened.forEach(EntrySource::close);
        }
    }

    @Test
    void lostAnchor_goesOnInANewLog_fromTheLargestHeadThatWasSigned() throws Exception {
        say(3);
        Path older = mirror("older");
        say(2);
        TreeHead signed = head();
        Path mirror = mirror("mirror");
        refused(Reason.ALREADY_RUNNING, () -> goOn(mirror));
        lab.stop();
        refused(Reason.ANCHOR_MISMATCH, () -> goOn(mirror));
        Files.delete(home.resolve("aggregator.anchor"));
        refused(Reason.UNSIGNED_CHECKPOINT, () -> goOn());

        assertThat(goOn(older, mirror)).isEqualTo(new Continuation.Continued("demo/log/2", signed, 0, List.of()));

        assertThat(home.resolve("keys/log.key.next")).doesNotExist();
        lab.restart();
        assertThat(head().size()).isEqualTo(signed.size() + 1);
        assertThat(lab.federation().federation().origin()).isEqualTo("demo/log/2");
        assertThat(lab.federation().appender().standing().members()).hasSize(1);
        TestStream stream = lab.connect(site).hello(lab.federation().appender().standing());
        assertThat(stream.welcome().getExpectedSeq()).isEqualTo(5);
        assertThat(stream.welcome().getContinuationsList()).hasSize(1);
        SignedEnvelope oldAudience = site.next();
        stream.send(oldAudience);
        assertThat(stream.refusal(0).getReason()).isEqualTo(Reason.WRONG_AUDIENCE.code());
        site.moveTo("demo/log/2");
        SignedEnvelope again = site.again();
        stream = lab.connect(site).hello(lab.federation().appender().standing());
        stream.send(again);
        assertThat(stream.index(5)).isEqualTo(signed.size() + 1);
        assertThat(lab.join("hospital-b").name().value()).isEqualTo("hospital-b");
        lab.restart();
        assertThat(lab.federation().appender().standing().origin()).isEqualTo("demo/log/2");
        lab.stop();
        assertThat(Rebuild.run(Lab.config(home)).after())
                .isEqualTo(Rebuild.run(Lab.config(home)).before());
        lab.restart();
    }

    @Test
    void entriesThatNoSignedHeadCovers_areLeftBeside_andStatedAgain() throws Exception {
        say(3);
        TreeHead signed = head();
        Path mirror = mirror("mirror");
        say(4);
        Site other = lab.join("hospital-b");
        lab.revoke("hospital-b");
        lab.stop();
        Files.delete(home.resolve("aggregator.anchor"));

        Continuation.Continued continued = goOn(mirror);

        assertThat(continued.from()).isEqualTo(signed);
        assertThat(continued.left()).isEqualTo(6);
        assertThat(continued.undone())
                .containsExactly(
                        "entry 9: '" + other.name() + "' became a member; invite it again",
                        "entry 10: root revoked 'hospital-b'; revoke it again");

        assertThat(home.resolve("aggregator.db.aside-1")).exists();
        lab.restart();
        assertThat(lab.connect(site)
                        .hello(lab.federation().appender().standing())
                        .welcome()
                        .getExpectedSeq())
                .isEqualTo(3);
    }

    @Test
    void continuationCutShort_isFinishedByTheNextAttempt() throws Exception {
        say(1);
        Path mirror = mirror("mirror");
        lab.stop();
        Files.delete(home.resolve("aggregator.anchor"));
        Continuation.Continued done = goOn(mirror);
        // As after a crash between the commit and the anchor, and again before the key was in its place.
        Files.delete(home.resolve("aggregator.anchor"));
        Files.move(home.resolve("keys/log.key"), home.resolve("keys/log.key.next"));
        KeyFiles.writeSecret(home.resolve("keys/log.key"), "00".repeat(32) + "\n");
        assertThat(goOn(mirror)).isEqualTo(done);
        Files.move(home.resolve("keys/log.key"), home.resolve("keys/log.key.next"));
        assertThat(goOn(mirror)).isEqualTo(done);
        lab.restart();
        assertThat(head().size()).isEqualTo(done.from().size() + 1);
    }

    @Test
    void copiedDirectoriesUnderOneAnchor_signOneHistory() throws Exception {
        say(2);
        lab.stop();
        Path copy = folder.resolve("copy");
        copy(home, copy);
        Map<String, String> sameAnchor =
                Map.of("anchor.file", home.resolve("aggregator.anchor").toString());
        var config = dev.weft.aggregator.config.AggregatorConfig.load(copy, Map.of(), sameAnchor);
        lab.restart();
        refused(Reason.ALREADY_RUNNING, () -> OpenFederation.open(config, new SecureRandom(), Lab.CLOCK));
        say(1);
        TreeHead signed = head();
        lab.stop();
        refused(Reason.ANCHOR_AHEAD, () -> OpenFederation.open(config, new SecureRandom(), Lab.CLOCK));
        lab.restart();
        assertThat(head()).isEqualTo(signed);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.sorted(Comparator.naturalOrder()).toList()) {
                Files.copy(each, to.resolve(from.relativize(each)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }
}
