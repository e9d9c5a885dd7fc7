package dev.weft.node.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.weft.node.Site;
import dev.weft.node.link.Desk.Letter;
import dev.weft.node.record.Kind;
import dev.weft.node.record.RecordQuery;
import dev.weft.node.release.LinkingKeys;
import dev.weft.node.upkeep.Backup;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.LinkingKey;
import dev.weft.proto.identity.KeyId;
import dev.weft.proto.standing.LinkEpoch;
import dev.weft.proto.standing.Member;
import dev.weft.proto.statement.LinkMessages;
import dev.weft.proto.v1.LinkGiven;
import dev.weft.proto.v1.LinkMessage;
import dev.weft.proto.v1.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How members come to share a key that whoever passes their messages on never learns, told as stories. */
@SuppressWarnings("NullAway.Init")
class LinkerTest {
    private static final String LINKABLE = "field dataset.digest linkable";

    @TempDir
    Path directory;

    private Desk anna;
    private Desk bert;
    private Desk carl;

    @BeforeEach
    void open() throws Exception {
        anna = new Desk(directory, "anna", LINKABLE);
        bert = new Desk(directory, "bert", LINKABLE);
        carl = new Desk(directory, "carl", LINKABLE);
    }

    @AfterEach
    void close() throws Exception {
        for (Desk desk : List.of(anna, bert, carl)) {
            desk.close();
        }
    }

    @Test
    void secondMember_isGivenTheKeyAfterTheStewardsYes() throws Exception {
        LinkEpoch epoch = made(anna);
        follow(log(epoch));
        assertThat(anna.keyring.current()).isPresent();
        assertThat(bert.keyring.current()).isEmpty();
        Letter request = bert.sent.remove();

        assertThat(anna.take(request)).isTrue();
        Asked asked = anna.linker.requests().get(0);
        assertThat(asked.member()).isEqualTo(bert.name);
        assertThat(asked.keyId())
                .as("the fingerprint that a steward compares")
                .isEqualTo(KeyId.of(bert.hpkeKey.toProto()).value());
        assertThat(anna.sent).as("nothing before the yes").isEmpty();
        assertThat(anna.linker.view().waiting()).isEqualTo(1);

        assertThat(anna.linker.approve(asked.id(), "Dr. Steward").state()).isEqualTo(Asked.State.APPROVED);
        Letter given = anna.sent.remove();
        assertThat(bert.take(given)).isTrue();

        ContentDigest data = ContentDigest.sha256(Site.sha256("public data"));
        assertThat(bert.linker.value("dataset", data)).isEqualTo(anna.linker.value("dataset", data));
        assertThat(decisions(anna)).containsExactly("made", "approved");
        assertThat(decisions(bert)).containsExactly("received");
        assertThat(refusal(() -> anna.linker.approve(asked.id(), "Dr. Steward")))
                .isEqualTo(Reason.DECISION_TAKEN);
    }

    @Test
    void keyFile_isItsOwnersAlone_andInNoBackup() throws Exception {
        follow(log(made(anna)));

        Path keys = anna.site.directory.resolve(Keyring.DIRECTORY);
        try (Stream<Path> files = Files.list(keys)) {
            assertThat(files.map(LinkerTest::permissions)).containsExactly("rw-------");
        }
        assertThat(permissions(keys)).isEqualTo("rwx------");
        List<Path> copied = new Backup(anna.site.directory, anna.site.database::backup).to(directory.resolve("copy"));
        assertThat(copied).noneMatch(file -> file.startsWith(Keyring.DIRECTORY));
        assertThat(directory.resolve("copy").resolve(Keyring.DIRECTORY)).doesNotExist();
    }

    @Test
    void twoFirstMembers_loserAdoptsTheKeyThatTheLogCounts() throws Exception {
        LinkEpoch annas = made(anna);
        Digest unused = bert.linker.make("Dr. Steward");
        assertThat(bert.keyring.current()).as("not before the log says so").isEmpty();

        follow(log(annas));
        try (Stream<Path> files = Files.list(bert.site.directory.resolve(Keyring.DIRECTORY))) {
            assertThat(files).as("the loser's key is nobody's").isEmpty();
        }
        give(anna, bert);

        assertThat(bert.keyring.current().orElseThrow().key().check()).isEqualTo(annas.check());
        assertThat(refusal(() -> bert.linker.make("Dr. Steward"))).isEqualTo(Reason.LINK_EPOCH_TAKEN);
    }

    @Test
    void keyIsMadeOnce_andNotByAStrangerToTheLog() throws Exception {
        assertThat(refusal(() -> anna.linker.make("Dr. Steward")))
                .as("before there is a copy of the log")
                .isEqualTo(Reason.UNAVAILABLE);
        LinkEpoch unused = made(anna);
        assertThat(refusal(() -> anna.linker.make("Dr. Steward"))).isEqualTo(Reason.DUPLICATE);
        bert.follow(new LinkLog(List.of(), List.of(bert.member(Role.AUDITOR, false, OptionalLong.empty()))));
        assertThat(refusal(() -> bert.linker.make("Dr. Steward"))).isEqualTo(Reason.ROLE_NOT_ALLOWED);
    }

    @Test
    void lyingRelay_makesNobodyTakeAnotherKey() throws Exception {
        LinkEpoch epoch = made(anna);
        follow(log(epoch));
        Letter bertsRequest = bert.sent.remove();
        Letter carlsRequest = carl.sent.remove();
        assertThat(anna.take(bertsRequest)).isTrue();
        anna.linker.approve(1, "Dr. Steward");
        Letter berts = anna.sent.remove();

        assertThat(carl.take(new Letter(berts.from(), carl.name, berts.about(), berts.sealed())))
                .isTrue();
        assertThat(trouble(carl)).as("swapped: another's").startsWith("not-for-us");
        assertThat(bert.take(new Letter(carl.name, bert.name, berts.about(), berts.sealed())))
                .isTrue();
        assertThat(trouble(bert)).as("another sender").startsWith("not-for-us");
        ByteString changed = berts.sealed().substring(0, 40).concat(ByteString.copyFrom(new byte[40]));
        assertThat(bert.take(new Letter(berts.from(), bert.name, berts.about(), changed)))
                .isTrue();
        assertThat(trouble(bert)).as("changed").startsWith("not-for-us");
        assertThat(bert.take(carlsRequest)).isTrue();
        assertThat(trouble(bert)).as("not sealed to bert").startsWith("not-for-us");
        assertThat(carl.keyring.current()).isEmpty();
        assertThat(bert.events.recent()).as("each is an event").hasSize(3);

        assertThat(bert.take(berts)).isTrue();
        assertThat(bert.take(berts)).as("replayed: nothing more comes of it").isTrue();
        assertThat(bert.keyring.current()).isPresent();
        assertThat(decisions(bert)).containsExactly("received");
        assertThat(trouble(bert)).isEmpty();
    }

    @Test
    void aggregatorThatForgesARequest_isNotBelieved() throws Exception {
        LinkEpoch epoch = made(anna);
        follow(log(epoch));
        LinkMessage request = LinkMessage.newBuilder()
                .setEpoch(1)
                .setRequest(dev.weft.proto.v1.LinkRequest.newBuilder()
                        .setKeyId(KeyId.of(bert.hpkeKey.toProto()).value())
                        .setAskedAt("2026-11-21T08:00:00.000Z"))
                .build();
        ByteString forged = LinkMessages.seal(
                new LinkMessages.Occasion(anna.site.federation, epoch.statement(), bert.name, anna.name),
                request,
                carl.statementKey,
                anna.hpkeKey.toProto(),
                new SecureRandom());

        assertThat(anna.take(new Letter(bert.name, anna.name, epoch.statement(), forged)))
                .isTrue();
        assertThat(trouble(anna)).startsWith("bad-signature");
        assertThat(anna.linker.requests()).isEmpty();
    }

    @Test
    void memberThatGivesAnotherKey_isFoundOut() throws Exception {
        LinkEpoch epoch = made(anna);
        follow(log(epoch));
        ByteString other = LinkingKey.generate(new SecureRandom()).secret();

        assertThat(bert.take(given(epoch, 1, other))).isTrue();
        assertThat(trouble(bert)).startsWith("link-key-wrong");
        assertThat(bert.take(given(
                        epoch, 2, anna.keyring.current().orElseThrow().key().secret())))
                .isTrue();
        assertThat(trouble(bert)).as("of another epoch than it is about").startsWith("bad-value");
        assertThat(bert.keyring.current()).isEmpty();
    }

    /** As anna would give it, if she said yes. */
    private Letter given(LinkEpoch about, int epoch, ByteString key) throws VerificationException {
        LinkMessage message = LinkMessage.newBuilder()
                .setEpoch(epoch)
                .setGiven(LinkGiven.newBuilder().setKey(key))
                .build();
        ByteString sealed = LinkMessages.seal(
                new LinkMessages.Occasion(anna.site.federation, about.statement(), anna.name, bert.name),
                message,
                anna.statementKey,
                bert.hpkeKey.toProto(),
                new SecureRandom());
        return new Letter(anna.name, bert.name, about.statement(), sealed);
    }

    @Test
    void answerThatWasDropped_isGivenAgainWithoutASecondQuestion() throws Exception {
        follow(log(made(anna)));
        assertThat(anna.take(bert.sent.remove())).isTrue();
        anna.linker.approve(1, "Dr. Steward");
        anna.sent.clear();

        bert.linker.work();
        assertThat(bert.sent).as("patient").isEmpty();
        bert.now = bert.now.plus(Duration.ofMinutes(10));
        bert.linker.work();
        assertThat(anna.take(bert.sent.remove())).isTrue();
        assertThat(bert.take(anna.sent.remove())).isTrue();

        assertThat(bert.keyring.current()).isPresent();
        assertThat(decisions(anna)).containsExactly("made", "approved");
    }

    @Test
    void requestThatComesBeforeItsLog_waits() throws Exception {
        LinkEpoch epoch = made(anna);
        bert.follow(log(epoch));
        Letter request = bert.sent.remove();

        assertThat(anna.take(request)).isFalse();
        anna.follow(log(epoch));
        assertThat(anna.take(request)).isTrue();
        assertThat(anna.linker.requests()).hasSize(1);
    }

    @Test
    void whoMayNotHaveTheKey_isToldSoAndNobodyIsAsked() throws Exception {
        LinkEpoch epoch = made(anna);
        follow(log(epoch));
        Letter berts = bert.sent.remove();
        Letter carls = carl.sent.remove();
        anna.follow(new LinkLog(
                List.of(epoch),
                List.of(
                        anna.member(),
                        bert.member(Role.SITE, false, OptionalLong.of(7)),
                        carl.member(Role.AUDITOR, false, OptionalLong.empty()))));

        assertThat(anna.take(berts)).isTrue();
        assertThat(anna.take(carls)).isTrue();
        assertThat(anna.linker.requests()).isEmpty();
        assertThat(bert.take(anna.sent.remove())).isTrue();
        assertThat(carl.take(anna.sent.remove())).isTrue();
        assertThat(bert.linker.view().sought().get(0).refusal()).contains("revoked");
        assertThat(carl.linker.view().sought().get(0).refusal()).contains("role-not-allowed");
    }

    @Test
    void memberThatIsSuspendedWhileItWaits_isNotGivenTheKey() throws Exception {
        LinkEpoch epoch = made(anna);
        follow(log(epoch));
        assertThat(anna.take(bert.sent.remove())).isTrue();
        anna.follow(new LinkLog(
                List.of(epoch), List.of(anna.member(), bert.member(Role.SITE, true, OptionalLong.empty()))));

        assertThat(refusal(() -> anna.linker.approve(1, "Dr. Steward"))).isEqualTo(Reason.SUSPENDED);
        assertThat(anna.sent).isEmpty();
    }

    @Test
    void hpkeKeyThatRotatedMeanwhile_isAskedForAnew() throws Exception {
        LinkEpoch epoch = made(anna);
        follow(log(epoch));
        Letter old = bert.sent.remove();
        assertThat(anna.take(old)).isTrue();
        bert.rotateHpkeKey();
        follow(log(epoch));

        assertThat(refusal(() -> anna.linker.approve(1, "Dr. Steward"))).isEqualTo(Reason.BAD_KEY);
        bert.now = bert.now.plus(Duration.ofMinutes(10));
        bert.linker.work();
        assertThat(anna.take(bert.sent.remove())).isTrue();
        Asked anew = anna.linker.requests().get(0);
        assertThat(anew.keyId()).isEqualTo(KeyId.of(bert.hpkeKey.toProto()).value());
        anna.linker.approve(anew.id(), "Dr. Steward");
        assertThat(bert.take(anna.sent.remove())).isTrue();
        assertThat(bert.keyring.current()).isPresent();
        assertThat(anna.take(old)).as("the old request again").isTrue();
        assertThat(bert.take(anna.sent.remove())).isTrue();
    }

    @Test
    void stewardsNo_isAnAnswer_andNobodyElseIsAskedBehindHisBack() throws Exception {
        follow(log(made(anna)));
        give(anna, carl);
        assertThat(anna.take(bert.sent.remove())).isTrue();
        long request = anna.linker.requests().stream()
                .filter(asked -> asked.state() == Asked.State.WAITING)
                .findFirst()
                .orElseThrow()
                .id();
        assertThat(refusal(() -> anna.linker.refuse(request, "Dr. Steward", " ")))
                .isEqualTo(Reason.BAD_VALUE);
        anna.linker.refuse(request, "Dr. Steward", "no contract yet");
        Letter no = anna.sent.remove();
        assertThat(bert.take(no)).isTrue();

        assertThat(bert.linker.view().sought().get(0).refusal()).contains("decision-refused");
        bert.now = bert.now.plus(Duration.ofDays(1));
        bert.linker.work();
        assertThat(bert.sent).isEmpty();
        assertThat(decisions(anna)).endsWith("refused");

        bert.linker.ask(carl.name);
        Letter asked = awaitSent(bert);
        assertThat(asked.to()).isEqualTo(carl.name);
    }

    @Test
    void restoredMaker_isGivenItsOwnKeyBackByWhoHasIt() throws Exception {
        LinkEpoch epoch = made(anna);
        follow(log(epoch));
        give(anna, carl);
        try (Stream<Path> files = Files.list(anna.site.directory.resolve(Keyring.DIRECTORY))) {
            Files.delete(files.findFirst().orElseThrow());
        }
        anna.follow(log(epoch));
        assertThat(anna.keyring.current()).isEmpty();

        Letter request = anna.sent.remove();
        assertThat(request.to()).as("by name").isEqualTo(bert.name);
        bert.sent.clear();
        assertThat(bert.take(request)).isTrue();
        assertThat(anna.take(bert.sent.remove()))
                .as("bert has none: link-key-missing")
                .isTrue();
        anna.linker.work();
        Letter next = anna.sent.remove();
        assertThat(next.to()).isEqualTo(carl.name);
        assertThat(carl.take(next)).isTrue();
        carl.linker.approve(carl.linker.requests().get(0).id(), "Dr. Steward");
        assertThat(anna.take(carl.sent.remove())).isTrue();
        assertThat(anna.keyring.current().orElseThrow().key().check()).isEqualTo(epoch.check());
    }

    @Test
    void rotation_endsTheOldKeyEverywhere() throws Exception {
        LinkEpoch first = made(anna);
        follow(log(first));
        give(anna, bert);
        LinkingKeys.Held old = bert.keyring.current().orElseThrow();
        assertThat(refusal(() -> anna.linker.rotate("Dr. Steward", ""))).isEqualTo(Reason.BAD_VALUE);
        Digest unused = anna.linker.rotate("Dr. Steward", "carl was revoked");
        LinkEpoch second = anna.stated(2);

        List<Member> left = List.of(anna.member(), bert.member(), carl.member(Role.SITE, false, OptionalLong.of(9)));
        LinkLog log = new LinkLog(List.of(first, second), left);
        anna.follow(log);
        bert.follow(log);
        carl.follow(log);
        assertThat(anna.keyring.current().map(LinkingKeys.Held::epoch)).contains(2);
        assertThat(bert.keyring.current()).as("the old key is used no more").isEmpty();
        assertThat(carl.sent.stream().filter(letter -> letter.about().equals(second.statement())))
                .as("who was revoked does not even ask")
                .isEmpty();
        Letter request = bert.sent.remove();
        assertThat(anna.take(request)).isTrue();
        long id = anna.linker.requests().stream()
                .filter(asked -> asked.epoch() == 2)
                .findFirst()
                .orElseThrow()
                .id();
        anna.linker.approve(id, "Dr. Steward");
        assertThat(bert.take(anna.sent.remove())).isTrue();

        assertThat(bert.keyring.current().orElseThrow().key().check())
                .isEqualTo(second.check())
                .isNotEqualTo(old.key().check());
        assertThat(decisions(anna)).contains("rotated");
        assertThat(anna.linker.view().epoch().map(LinkEpoch::number)).contains(2);
    }

    @Test
    void oldAnswerAfterARotation_bringsNothingBack() throws Exception {
        LinkEpoch first = made(anna);
        follow(log(first));
        assertThat(anna.take(bert.sent.remove())).isTrue();
        anna.linker.approve(1, "Dr. Steward");
        Letter late = anna.sent.remove();
        Digest unused = anna.linker.rotate("Dr. Steward", "carl was revoked");
        LinkLog log = new LinkLog(List.of(first, anna.stated(2)), List.of(anna.member(), bert.member()));
        anna.follow(log);
        bert.follow(log);

        assertThat(bert.take(late)).isTrue();
        assertThat(bert.keyring.current()).isEmpty();
    }

    @Test
    void nodeThatStopsAndStarts_hasItsKey() throws Exception {
        LinkEpoch epoch = made(anna);
        follow(log(epoch));
        Keyring again = Keyring.of(anna.site.directory);
        again.follow(List.of(epoch));

        assertThat(again.current()).isPresent();
        try (Stream<Path> files = Files.list(anna.site.directory.resolve(Keyring.DIRECTORY))) {
            Path file = files.findFirst().orElseThrow();
            Files.writeString(file, "00".repeat(32));
        }
        assertThat(refusal(() -> again.follow(List.of(epoch)))).isEqualTo(Reason.LINK_KEY_WRONG);
    }

    private LinkEpoch made(Desk maker) throws Exception {
        LinkLog none = log();
        for (Desk desk : List.of(anna, bert, carl)) {
            desk.follow(none);
        }
        Digest unused = maker.linker.make("Dr. Steward");
        return maker.stated(1);
    }

    private LinkLog log(LinkEpoch... epochs) {
        return new LinkLog(List.of(epochs), List.of(anna.member(), bert.member(), carl.member()));
    }

    private void follow(LinkLog log) throws Exception {
        for (Desk desk : List.of(anna, bert, carl)) {
            desk.follow(log);
        }
    }

    private static void give(Desk from, Desk to) throws Exception {
        assertThat(from.take(to.sent.remove())).isTrue();
        long request = from.linker.requests().stream()
                .filter(asked -> asked.member().equals(to.name) && asked.state() == Asked.State.WAITING)
                .findFirst()
                .orElseThrow()
                .id();
        Asked unused = from.linker.approve(request, "Dr. Steward");
        assertThat(to.take(from.sent.remove())).isTrue();
        assertThat(to.keyring.current()).isPresent();
    }

    private static Letter awaitSent(Desk desk) throws Exception {
        desk.linker.close(); // finishes what is in hand
        return desk.sent.remove();
    }

    private static String trouble(Desk desk) throws Exception {
        return desk.linker.view().trouble().orElse("");
    }

    private static Reason refusal(ThrowingCallable work) {
        VerificationException refused = catchThrowableOfType(VerificationException.class, work);
        assertThat(refused).isNotNull();
        return refused.reason();
    }

    private static String permissions(Path file) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The acts that the site's log holds, in order. */
    private static List<String> decisions(Desk desk) throws Exception {
        List<String> acts = new ArrayList<>();
        try (Connection connection = desk.site.database.readers().getConnection()) {
            for (long id = 0; ; id++) {
                var record = RecordQuery.find(connection, id);
                if (record.isEmpty()) {
                    return acts;
                }
                if (record.get().kind() == Kind.DECISION) {
                    acts.add(record.get().value("act").orElseThrow().display());
                }
            }
        }
    }
}
