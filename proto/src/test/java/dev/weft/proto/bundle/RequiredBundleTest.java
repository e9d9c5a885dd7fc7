package dev.weft.proto.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.Refused;
import dev.weft.proto.TestFederation;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MlDsaSigningKey;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.NoteSigner;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.v1.Continuation;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.KeyAlgorithm;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Bundles of a federation that trained one round, then required second signatures, and trained another. */
class RequiredBundleTest {
    private static final String NEXT = "demo/log/2";
    private static final BundleRequest MODEL = BundleRequest.model(Trained.digest("two"));

    private final Trained trained = new Trained();
    private final MlDsaSigningKey second = TestFederation.secondKey("log");

    RequiredBundleTest() throws VerificationException {
        Digest one = trained.round("line", 1, Optional.empty(), "start", "one");
        trained.coordinator.enrolSecond();
        trained.a.enrolSecond();
        trained.b.enrolSecond();
        trained.federation.append(trained.federation.requirement());
        Digest unused = trained.round("line", 2, Optional.of(one), "one", "two");
    }

    private TreeHead head() {
        return MerkleMath.head(trained.federation.log().stream()
                .map(entry -> MerkleMath.leafHash(entry.bytes()))
                .toList());
    }

    private ByteString note(String origin, SigningKey key, MlDsaSigningKey secondKey) {
        return Checkpoint.sign(
                new Checkpoint(origin, head()), NoteSigner.ed25519(origin, key).withSecond(secondKey, 1));
    }

    private ByteString note() {
        return note(TestFederation.ORIGIN, Trained.LOG, second);
    }

    private byte[] bundle() throws VerificationException, IOException {
        return trained.bundle(MODEL, note(), Optional.empty());
    }

    private static byte[] with(byte[] bundle, ByteString note) throws IOException {
        return with(bundle, "checkpoint", note.toByteArray());
    }

    private static byte[] with(byte[] bundle, String part, byte[] content) throws IOException {
        Map<String, byte[]> parts = Repacked.parts(bundle);
        parts.put(part, content);
        return Repacked.pack(parts);
    }

    private static String policy(String vkey) {
        return "log " + vkey + "\nquorum none\n";
    }

    private static void refused(byte[] bundle, String policy, Reason reason) throws Exception {
        assertThat(Trained.verify(bundle, policy).reason()).contains(reason);
    }

    @Test
    void policyThatNamesTheEd25519KeyAlone_asksForTheSecondLineAllTheSame() throws Exception {
        String policy = policy(Trained.vkey());
        BundleVerdict verdict = Trained.verify(bundle(), policy);
        assertThat(verdict.holds()).as(verdict.detail()).isTrue();
        refused(with(bundle(), trained.note()), policy, Reason.SECOND_SIGNATURE_MISSING);
        ByteString another = note(TestFederation.ORIGIN, Trained.LOG, TestFederation.secondKey("thief"));
        refused(with(bundle(), another), policy, Reason.SECOND_SIGNATURE_MISSING);
        Refused.with(Reason.SECOND_SIGNATURE_MISSING, () -> trained.bundle(MODEL, trained.note(), Optional.empty()));
    }

    @Test
    void changedByteOfTheBundle_isRefused_inSecondSignaturesToo() throws Exception {
        byte[] good = bundle();
        for (String name : List.of("checkpoint", "entries")) {
            byte[] part = Repacked.parts(good).getOrDefault(name, new byte[0]);
            assertThat(part.length).isGreaterThan(3_000);
            for (int at = part.length / 6; at < part.length; at += part.length / 3) {
                byte[] changed = part.clone();
                changed[at] ^= 1;
                assertThat(Trained.verify(with(good, name, changed)).holds())
                        .as("byte " + at + " of " + name)
                        .isFalse();
            }
        }
    }

    @Test
    void logThatWentOnSince_isProvedUnderItsNewKeys() throws Exception {
        SigningKey key = TestFederation.signingKey("next log");
        MlDsaSigningKey secondKey = TestFederation.secondKey("next log");
        goOn(key, secondKey);
        ByteString note = note(NEXT, key, secondKey);
        byte[] bundle = trained.bundle(MODEL, note, Optional.empty());
        String policy = policy(NoteVerifier.ed25519(NEXT, key.verifyingKey()).vkey());
        BundleVerdict verdict = Trained.verify(bundle, policy);
        assertThat(verdict.holds()).as(verdict.detail()).isTrue();
        refused(with(bundle, note(NEXT, key, second)), policy, Reason.SECOND_SIGNATURE_MISSING);
        refused(bundle, policy(Trained.vkey()), Reason.UNKNOWN_LOG);
    }

    private void goOn(SigningKey key, MlDsaSigningKey secondKey) throws VerificationException {
        Genesis continuing = TestFederation.genesis().toBuilder()
                .setHeader(Header.newBuilder()
                        .setAudience(NEXT)
                        .setAuthor("root")
                        .setRecordedAt("2026-11-21T08:00:00.000Z"))
                .setLogOrigin(NEXT)
                .setLogKeys(0, key.verifyingKey().toProto())
                .addRequiredSignatures(KeyAlgorithm.ML_DSA_44)
                .setSecond(TestFederation.secondKeys().toBuilder()
                        .setLog(0, secondKey.verifyingKey().toProto()))
                .setContinues(Continuation.newBuilder()
                        .setFederation(trained.federation.federation().toByteString())
                        .setOrigin(TestFederation.ORIGIN)
                        .setHead(head().toProto()))
                .build();
        ByteString entry = EnvelopeSigner.sign(
                        continuing, List.of(TestFederation.signingKey("root"), TestFederation.secondKey("root")))
                .bytes();
        trained.federation.log().add(EnvelopeOpener.open(entry));
    }
}
