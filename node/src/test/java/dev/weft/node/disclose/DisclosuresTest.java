package dev.weft.node.disclose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import dev.weft.node.deliver.Await;
import dev.weft.node.disclose.Asked.State;
import dev.weft.node.disclose.Disclosures.Question;
import dev.weft.node.disclose.Disclosures.Shown;
import dev.weft.node.witness.SharedHistory;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.disclosure.OpenedValue;
import dev.weft.proto.identity.HpkeKey;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.SealedMessage;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An auditor asks a hospital; the log and the aggregator between them are the test's. */
@SuppressWarnings("NullAway.Init")
@Timeout(120)
class DisclosuresTest {
    private static final String MODEL = "weft-model-v1:" + "12".repeat(32);

    @TempDir
    private Path folder;

    private SharedHistory log;
    private Federated hospital;
    private Federated auditor;
    private Digest statement;

    @BeforeEach
    void open() throws Exception {
        log = new SharedHistory();
        hospital = new Federated(
                log,
                folder.resolve("hospital"),
                "hospital-a",
                Role.SITE,
                "field metric.* private\ndisclose metric.auc to * automatic\ndisclose metric.loss to * never\n");
        auditor = new Federated(log, folder.resolve("auditor"), "auditor", Role.AUDITOR, "");
        hospital.record("{'kind':'dataset','externalId':'rows','name':'r','digest':'sha256:" + "ab".repeat(32)
                + "','path':'/wards/7','rows':3}");
        hospital.record("{'kind':'run','externalId':'train','step':'train','inputs':['rows'],"
                + "'metrics':{'accuracy':0.9371,'auc':0.8,'loss':0.25,'failures':3}}");
        statement = hospital.record("{'kind':'round','event':'contribution','round':'" + "11".repeat(32)
                        + "','run':'train','inputModel':'" + MODEL + "','wireDigest':'" + MODEL + "'}")
                .release()
                .statements()
                .get(0);
        hospital.deliver();
    }

    @AfterEach
    void close() throws Exception {
        hospital.close();
        auditor.close();
    }

    private Question question(List<String> artifacts, String... fields) {
        return new Question(statement, List.of(), artifacts, List.of(fields), "audit", Optional.empty());
    }

    private long ask(Question question) throws Exception {
        Await.until("the auditor knows the members", () -> knows(question));
        long number = list();
        auditor.deliver();
        return number;
    }

    /** The first look at the log may not have come so far. */
    private boolean knows(Question question) {
        Throwable why = catchThrowable(() -> Federated.get(auditor.disclosures.ask(question, "ada")));
        if (why == null) {
            return true;
        }
        assertThat(reason(why)).isEqualTo(Reason.NOT_MEMBER);
        return false;
    }

    private long list() throws Exception {
        List<Asked> all = auditor.disclosures.list(0, 1_000);
        return all.get(all.size() - 1).number();
    }

    private static Reason reason(Throwable thrown) {
        Throwable cause = thrown.getCause() == null ? thrown : thrown.getCause();
        assertThat(cause).isInstanceOf(VerificationException.class);
        return ((VerificationException) cause).reason();
    }

    private static Reason refusal(CompletableFuture<?> future) {
        return reason(catchThrowable(() -> Federated.get(future)));
    }

    private SealedMessage approved() throws Exception {
        Await.until("the hospital has the request", () -> hospital.isIn(1, State.WAITING));
        Asked decided = Federated.get(hospital.disclosures.approve(1, "grete"));
        assertThat(decided.state()).isEqualTo(State.GRANTED);
        hospital.deliver();
        return hospital.sent();
    }

    private List<OpenedValue> opened(long number) throws Exception {
        Await.until("it was opened", () -> auditor.isIn(number, State.OPENED));
        Shown shown = Federated.get(auditor.disclosures.show(number));
        return shown.opened();
    }

    @Test
    void approvedField_isOpenedAndSurvivesACrashOnBothSides() throws Exception {
        long mine = ask(question(List.of("dataset"), "path"));
        SealedMessage letter = approved();
        hospital.reopen();
        auditor.receive("hospital-a", letter);
        auditor.reopen();
        auditor.receive("hospital-a", letter);

        assertThat(opened(mine)).singleElement().satisfies(value -> {
            assertThat(value.name()).isEqualTo("path");
            assertThat(value.value().display()).isEqualTo("/wards/7");
        });
        assertThat(letter.getSealed().toStringUtf8()).doesNotContain("/wards/7");
        assertThat(refusal(hospital.disclosures.refuse(1, "grete", Optional.empty())))
                .isEqualTo(Reason.DECISION_TAKEN);
        auditor.receive("hospital-a", letter); // replayed
        assertThat(opened(mine)).hasSize(1);
    }

    @Test
    void policyDecides_andARefusalIsAnAnswer() throws Exception {
        long auc = ask(question(List.of(), "metric.auc"));
        auditor.receive("hospital-a", delivered());
        assertThat(opened(auc).get(0).value().display()).isEqualTo("0.8");

        long loss = ask(question(List.of(), "metric.loss"));
        refused(loss, Reason.DECISION_REFUSED);
        long failures = ask(question(List.of(), "metric.failures"));
        refused(failures, Reason.TOO_FEW);
        long nothing = ask(question(List.of("dataset"), "version"));
        refused(nothing, Reason.NOT_FOUND);
    }

    private SealedMessage delivered() throws Exception {
        SealedMessage letter = hospital.sent();
        hospital.deliver();
        return letter;
    }

    private void refused(long number, Reason reason) {
        Await.until("it was refused", () -> {
            try {
                hospital.deliver();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            return auditor.isIn(number, State.REFUSED);
        });
        assertThat(auditor.asked(number).answer().orElseThrow().reason()).contains(reason.code());
    }

    @Test
    void aggregatorThatSwapsCiphertexts_isNotBelievedAndTheRightOneStillIs() throws Exception {
        long mine = ask(question(List.of("dataset"), "path"));
        SealedMessage letter = approved();
        Await.until("the decision is known", () -> auditor.isIn(mine, State.GRANTED));
        byte[] changed = letter.getSealed().toByteArray();
        changed[changed.length - 1] ^= 1;
        auditor.receive(
                "hospital-a",
                letter.toBuilder().setSealed(ByteString.copyFrom(changed)).build());
        auditor.receive("mallory", letter);

        assertThat(auditor.isIn(mine, State.GRANTED)).isTrue();
        auditor.receive("hospital-a", letter);
        assertThat(opened(mine)).hasSize(1);
    }

    @Test
    void letterHandedToAnotherMember_opensNothingThere() throws Exception {
        long mine = ask(question(List.of("dataset"), "path"));
        SealedMessage letter = approved();
        try (Federated other = new Federated(log, folder.resolve("other"), "other", Role.SITE, "")) {
            other.receive("hospital-a", letter.toBuilder().setTo("other").build());
            auditor.receive("hospital-a", letter);
            assertThat(opened(mine)).hasSize(1);
            assertThat(other.has(1)).isFalse();
        }
    }

    @Test
    void keyThatWasRotatedMeanwhile_isSaidAndAskedForAgain() throws Exception {
        long mine = ask(question(List.of("dataset"), "path"));
        auditor.hpke = HpkeKey.generate(new SecureRandom());
        auditor.reopen();
        auditor.receive("hospital-a", approved());

        Await.until("it is said", () -> auditor.isIn(mine, State.FAILED));
        assertThat(auditor.asked(mine).answer().orElseThrow().reason()).contains(Reason.NOT_FOR_US.code());
        assertThat(Federated.get(auditor.disclosures.ask(question(List.of("dataset"), "path"), "ada"))
                        .number())
                .isGreaterThan(mine);
    }

    @Test
    void sameQuestionTwice_isAskedOnce_andOwnStatementsAreNotAskedFor() throws Exception {
        long unused = ask(question(List.of("dataset"), "path"));
        assertThat(refusal(auditor.disclosures.ask(question(List.of("dataset"), "path"), "ada")))
                .isEqualTo(Reason.DUPLICATE);
        assertThat(refusal(auditor.disclosures.ask(question(List.of(), "metric.nothing"), "ada")))
                .isEqualTo(Reason.NOT_FOUND);
        assertThat(refusal(hospital.disclosures.ask(question(List.of(), "metric.auc"), "grete")))
                .isEqualTo(Reason.BAD_VALUE);
        assertThat(refusal(auditor.disclosures.approve(1, "ada"))).isEqualTo(Reason.NOT_OWNER);
        assertThat(refusal(auditor.disclosures.show(99))).isEqualTo(Reason.NOT_FOUND);
    }

    @Test
    void requesterThatWasRevoked_isRefused() throws Exception {
        long unused = ask(question(List.of("dataset"), "path"));
        Await.until("the hospital has the request", () -> hospital.isIn(1, State.WAITING));
        log.revoke("auditor");

        Await.until("it is refused by itself", () -> hospital.isIn(1, State.REFUSED));
        assertThat(hospital.asked(1).answer().orElseThrow().reason()).contains(Reason.REVOKED.code());
    }

    @Test
    void wordsOfBothSides_areSealedAndCommittedTo() throws Exception {
        Question why = new Question(
                statement, List.of(), List.of("dataset"), List.of("path"), "", Optional.of("because of the audit"));
        long mine = ask(why);
        hospital.receive("auditor", auditor.sent());
        Await.until(
                "the words came",
                () -> hospital.has(1) && hospital.asked(1).words().equals(Optional.of("because of the audit")));

        Asked unused = Federated.get(hospital.disclosures.refuse(1, "grete", Optional.of("not before May")));
        auditor.receive("hospital-a", delivered());

        Await.until(
                "the answer came",
                () -> auditor.asked(mine).answer().flatMap(Asked.Answer::words).equals(Optional.of("not before May")));
    }
}
