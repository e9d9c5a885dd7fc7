package dev.weft.proto.bundle;

import static dev.weft.proto.TestFederation.signingKey;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.Refused;
import dev.weft.proto.TestFederation;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.v1.Continuation;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Head;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.MemberKeys;
import dev.weft.proto.v1.Revoke;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.Rotate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

/** An auditor who holds one file. */
class BundleTest {
    private final Trained trained = new Trained();

    BundleTest() throws VerificationException {}

    private Digest twoRounds() throws VerificationException {
        Digest first = trained.round("line", 1, Optional.empty(), "start", "one");
        trained.evaluate(trained.a, "one");
        return trained.round("line", 2, Optional.of(first), "one", "two");
    }

    private static Claim claim(BundleVerdict verdict, String name) {
        return verdict.claims().stream()
                .filter(claim -> claim.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not among " + verdict.claims()));
    }

    private static List<String> notProven(BundleVerdict verdict) {
        return verdict.notProven().stream()
                .map(BundleVerdict.NotProvenText::code)
                .toList();
    }

    @Test
    void lineageOfAModel_isProvedByOneFile() throws Exception {
        twoRounds();
        trained.round("other-line", 1, Optional.empty(), "elsewhere", "unrelated");
        byte[] bundle = trained.bundle(BundleRequest.model(Trained.digest("two")));
        BundleVerdict verdict = Trained.verify(bundle);
        assertThat(verdict.holds()).as(verdict.detail()).isTrue();
        assertThat(verdict.claims())
                .extracting(Claim::name)
                .containsExactly("signatures", "checkpoint", "inclusion", "container", "key-history", "lineage");
        assertThat(claim(verdict, "lineage").entries())
                .as("two registers, four contributions, two closes")
                .containsExactly(4L, 6L, 7L, 9L, 11L, 13L, 14L, 16L);
        assertThat(verdict.about().orElseThrow().report())
                .anyMatch(line -> line.startsWith("round line/1 of 'coordinator'"))
                .anyMatch(line -> line.equals("behind it, said by 'hospital-a': 2 contributions, 1 datasets"))
                .noneMatch(line -> line.contains("other-line"));
        assertThat(verdict.about().orElseThrow().entries())
                .as("without the other line and the evaluation beside a round")
                .isEqualTo(trained.federation.log().size() - 7L);
        assertThat(notProven(verdict))
                .containsExactly(
                        "gaps",
                        "later-entries",
                        "omitted-entries",
                        "truth-of-statements",
                        "unlogged-work",
                        "federation",
                        "finality");
    }

    @Test
    void gaps_haveNames() throws Exception {
        twoRounds();
        BundleVerdict verdict = Trained.verify(trained.bundle(BundleRequest.model(Trained.digest("two"))));
        assertThat(verdict.notProven().get(0).text()).isEqualTo("What stands in the gaps: 'hospital-a' 1.");
    }

    @Test
    void completeRound_holds() throws Exception {
        twoRounds();
        BundleVerdict verdict = Trained.verify(trained.bundle(BundleRequest.round("line/2")));
        assertThat(verdict.holds()).as(verdict.detail()).isTrue();
        assertThat(claim(verdict, "round-complete").entries()).containsExactly(11L, 12L, 13L, 14L, 15L, 16L);
    }

    @Test
    void roundWithASilentSite_isToldAsNotComplete() throws Exception {
        Digest round = trained.register("line", 1, Optional.empty(), "start");
        trained.open(round, trained.a, trained.b);
        trained.contribute(trained.a, round, "line", 1, "start");
        trained.close(round, "line", 1, "one", trained.a);
        BundleVerdict verdict = Trained.verify(trained.bundle(BundleRequest.round(round.hex())));
        assertThat(verdict.reason()).contains(Reason.CLAIM_FALSE);
        assertThat(claim(verdict, "signatures").holds()).isTrue();
        assertThat(claim(verdict, "round-complete").holds()).isFalse();
        assertThat(verdict.about().orElseThrow().report()).contains("  'hospital-b' silent (entries [])");
    }

    @Test
    void allThatAMemberSaid_isOneSequence() throws Exception {
        twoRounds();
        BundleVerdict verdict = Trained.verify(trained.bundle(BundleRequest.member("hospital-a")));
        assertThat(verdict.holds()).as(verdict.detail()).isTrue();
        assertThat(claim(verdict, "sequence").entries()).containsExactly(6L, 10L, 13L);
        assertThat(notProven(verdict)).doesNotContain("gaps");
    }

    @Test
    void keysThatChanged_countWhereTheyStood() throws Exception {
        Digest first = trained.round("line", 1, Optional.empty(), "start", "one");
        SigningKey old = trained.a.key();
        trained.a.renewStatementKey();
        trained.federation.append(trained.a.sign(
                Key.newBuilder()
                        .setRotate(Rotate.newBuilder()
                                .setKeys(MemberKeys.newBuilder()
                                        .setStatement(trained.a.keys().getStatement()))
                                .addPossessions(trained.a.prove(trained.a.key())))
                        .build(),
                old,
                trained.a.key()));
        trained.round("line", 2, Optional.of(first), "one", "two");
        trained.federation
                .root()
                .say(Key.newBuilder()
                        .setRevoke(Revoke.newBuilder().setMember("hospital-b").setSuspectFrom(5))
                        .build());
        BundleVerdict verdict = Trained.verify(trained.bundle(BundleRequest.model(Trained.digest("two"))));
        assertThat(verdict.holds()).as(verdict.detail()).isTrue();
        assertThat(claim(verdict, "key-history").entries()).containsExactly(0L, 1L, 2L, 3L, 10L, 17L);
    }

    @Test
    void continuedLog_isProvedUnderItsNewNameAndKey() throws Exception {
        twoRounds();
        int size = trained.federation.log().size();
        SigningKey key = signingKey("second log");
        Genesis continuing = TestFederation.genesis().toBuilder()
                .setHeader(Header.newBuilder()
                        .setAudience("demo/log/2")
                        .setAuthor("root")
                        .setRecordedAt("2026-11-21T08:00:00.000Z"))
                .setLogOrigin("demo/log/2")
                .clearLogKeys()
                .addLogKeys(key.verifyingKey().toProto())
                .setContinues(Continuation.newBuilder()
                        .setFederation(trained.federation.federation().toByteString())
                        .setOrigin(TestFederation.ORIGIN)
                        .setHead(Head.newBuilder().setSize(size).setRoot(TestFederation.hash("root"))))
                .build();
        trained.federation
                .log()
                .add(EnvelopeOpener.open(EnvelopeSigner.sign(continuing, List.of(signingKey("root")))
                        .bytes()));
        byte[] bundle = trained.bundle(
                BundleRequest.model(Trained.digest("two")), trained.note("demo/log/2", key), Optional.empty());
        BundleVerdict verdict = Trained.verify(bundle);
        assertThat(verdict.holds()).as(verdict.detail()).isTrue();
        assertThat(verdict.about().orElseThrow().checkpoint().origin()).isEqualTo("demo/log/2");
        assertThat(claim(verdict, "key-history").entries()).contains((long) size);
        Refused.with(
                Reason.UNSIGNED_CHECKPOINT,
                () -> trained.bundle(
                        BundleRequest.model(Trained.digest("two")),
                        trained.note(TestFederation.ORIGIN, Trained.LOG),
                        Optional.empty()));
    }

    @Test
    void policyOfTheAuditor_decidesWhoIsBelieved() throws Exception {
        twoRounds();
        BundleRequest request = BundleRequest.model(Trained.digest("two"));
        byte[] bundle = trained.bundle(request, Trained.cosigned(trained.note(), "w1", "w2", "w3"), Optional.empty());
        String log = "log " + Trained.vkey() + "\n";
        String group = Trained.witness("w1") + "\n" + Trained.witness("w2") + "\n" + Trained.witness("w4") + "\n";

        BundleVerdict met = Trained.verify(bundle, log + group + "group g 2 w1 w2 w4\nquorum g\n");
        assertThat(met.holds()).as(met.detail()).isTrue();
        assertThat(met.about().orElseThrow().cosignatures()).hasSize(2);
        assertThat(notProven(met)).doesNotContain("finality", "federation", "unjudged-cosignatures");

        BundleVerdict unjudged = Trained.verify(bundle);
        assertThat(notProven(unjudged)).contains("federation", "finality", "unjudged-cosignatures");
        assertThat(unjudged.notProven())
                .extracting(BundleVerdict.NotProvenText::text)
                .anyMatch(text -> text.contains("the 3 signatures that the checkpoint carries beside the log's own"))
                .noneMatch(text -> text.contains("no witness"));

        BundleVerdict missed = Trained.verify(bundle, log + group + "group g all w1 w2 w4\nquorum g\n");
        assertThat(missed.reason()).contains(Reason.QUORUM_MISSING);
        assertThat(claim(missed, "policy").holds()).isFalse();

        BundleVerdict nobody = Trained.verify(bundle, log + "quorum none\n");
        assertThat(nobody.holds()).isTrue();
        assertThat(notProven(nobody)).contains("finality").doesNotContain("federation");

        String other = "log "
                + dev.weft.proto.note.NoteVerifier.ed25519(
                                dev.weft.proto.TestFederation.ORIGIN,
                                signingKey("other").verifyingKey())
                        .vkey();
        assertThat(Trained.verify(bundle, other + "\nquorum none\n").reason()).contains(Reason.UNKNOWN_LOG);
    }

    @Test
    void changedByteOfASignatureLine_isRefused_whetherOrNotAnybodyAsksForIt() throws Exception {
        twoRounds();
        trained.witnessedBy("w1", "w2");
        byte[] good = trained.bundle(
                BundleRequest.round("line/2"), Trained.cosigned(trained.note(), "w1", "stranger"), Optional.empty());
        BundleVerdict verdict = Trained.verify(good);
        assertThat(verdict.holds()).as(verdict.detail()).isTrue();
        assertThat(notProven(verdict)).contains("unknown-signatures", "finality");
        List<String> accepted = new ArrayList<>();
        for (Repacked.Change change : Repacked.notes(good)) {
            if (Trained.verify(change.bundle()).holds()) {
                accepted.add(change.what());
            }
        }
        assertThat(accepted).isEmpty();
    }

    @Test
    void lineOfANamedWitness_thatDoesNotHold_isRefused_evenWhereTheManifestFollowsIt() throws Exception {
        twoRounds();
        trained.witnessedBy("w1", "w2");
        String policy = "log " + Trained.vkey() + "\n" + Trained.witness("auditors-own") + "\nquorum none\n";
        for (String witness : List.of("w2", "auditors-own")) {
            ByteString note = Trained.cosigned(trained.note(), witness);
            BundleRequest request = BundleRequest.round("line/2");
            assertThat(Trained.verify(trained.bundle(request, note, Optional.empty()), policy)
                            .holds())
                    .isTrue();
            ByteString forged = Trained.forgedLine(note, witness);
            BundleVerdict refused = Trained.verify(trained.bundle(request, forged, Optional.empty()), policy);
            assertThat(refused.reason()).contains(Reason.BAD_SIGNATURE);
            assertThat(refused.claims().get(refused.claims().size() - 1).name()).isEqualTo("checkpoint");
        }
    }

    /** The container alone, which every check of a bundle reads through. */
    private static boolean isContainer(byte[] bytes) throws IOException {
        ZipIn in = new ZipIn(new ByteArrayInputStream(bytes));
        try {
            for (String name : List.of("bundle.json", "checkpoint", "entries", "hashes")) {
                assertThat(in.readAll(name, 1 << 20)).isNotNull();
            }
            in.end();
            return true;
        } catch (VerificationException e) {
            return false;
        }
    }

    @Test
    void anyFlippedBit_isRefused() throws Exception {
        trained.round("line", 1, Optional.empty(), "start", "one");
        byte[] good = trained.bundle(BundleRequest.round("line/1"));
        assertThat(isContainer(good) && Trained.verify(good).holds()).isTrue();
        List<Integer> accepted = new ArrayList<>();
        for (int bit = 0; bit < good.length * 8; bit++) {
            good[bit / 8] ^= (byte) (1 << bit % 8);
            if (isContainer(good) || (bit % 8009 == 0 && Trained.verify(good).holds())) {
                accepted.add(bit);
            }
            good[bit / 8] ^= (byte) (1 << bit % 8);
        }
        assertThat(accepted).isEmpty();
    }

    @Test
    void changedContentUnderARightChecksum_isRefused() throws Exception {
        twoRounds();
        byte[] good = trained.bundle(BundleRequest.round("line/2"));
        List<String> accepted = new ArrayList<>();
        for (Repacked.Change change : Repacked.changes(good)) {
            BundleVerdict verdict = Trained.verify(change.bundle());
            if (verdict.holds()) {
                accepted.add(change.what());
            }
        }
        assertThat(accepted).isEmpty();
    }

    @Test
    void bytesBeforeBetweenAndBehind_areRefused() throws Exception {
        trained.round("line", 1, Optional.empty(), "start", "one");
        byte[] good = trained.bundle(BundleRequest.round("line/1"));
        byte[] longer = java.util.Arrays.copyOf(good, good.length + 1);
        assertThat(Trained.verify(longer).reason()).contains(Reason.NOT_CANONICAL);
        for (int length : new int[] {0, 1, 29, 30, 100, good.length / 2, good.length - 1}) {
            assertThat(Trained.verify(java.util.Arrays.copyOf(good, length)).holds())
                    .isFalse();
        }
    }

    @Test
    void bundle_isAnOrdinaryZipOfItsFourParts() throws IOException, VerificationException {
        trained.round("line", 1, Optional.empty(), "start", "one");
        byte[] good = trained.bundle(BundleRequest.round("line/1"));
        List<String> names = new ArrayList<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(good))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                names.add(entry.getName());
                assertThat(entry.getMethod()).isEqualTo(ZipEntry.STORED);
            }
        }
        assertThat(names).containsExactly("bundle.json", "checkpoint", "entries", "hashes");
    }

    @Test
    void sameQuestionAtOneCheckpoint_givesEqualBytes() throws Exception {
        twoRounds();
        BundleRequest request = BundleRequest.model(Trained.digest("two"));
        assertThat(trained.bundle(request)).isEqualTo(trained.bundle(request));
    }

    @Test
    void whatTheLogDoesNotHold_isSaid() throws Exception {
        twoRounds();
        Refused.with(Reason.NOT_FOUND, () -> trained.bundle(BundleRequest.model(Trained.digest("never"))));
        Refused.with(Reason.UNKNOWN_ROUND, () -> trained.bundle(BundleRequest.round("line/3")));
        Refused.with(Reason.NOT_MEMBER, () -> trained.bundle(BundleRequest.member("hospital-z")));
        Refused.with(Reason.BAD_DIGEST, () -> trained.bundle(BundleRequest.model("md5:00")));
    }

    @Test
    void logThatIsNotTheCheckpoints_givesNoBundle() throws Exception {
        twoRounds();
        com.google.protobuf.ByteString note = trained.note();
        trained.federation.join("hospital-c", Role.SITE);
        LogEntries swapped = (first, count) -> {
            List<com.google.protobuf.ByteString> all =
                    new ArrayList<>(trained.entries().entries(first, count));
            if (first == 0 && all.size() > 5) {
                all.set(
                        5,
                        trained.federation
                                .log()
                                .get(trained.federation.log().size() - 1)
                                .bytes());
            }
            return all;
        };
        Refused.with(Reason.LOG_CORRUPT, () -> new BundleWriter(swapped, note));
    }
}
