package dev.weft.proto.note;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.identity.MlDsaKey;
import dev.weft.proto.identity.SignatureKey;
import dev.weft.proto.identity.VerifyingKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A key that notes are verified with, under a name: Ed25519 over the text, or a cosignature of the checkpoint at a time. A log's
 * key may have a second one beside it, whose line a checkpoint needs from some size on.
 */
public final class NoteVerifier {
    static final byte ED25519 = 1;
    static final byte COSIGNATURE = 4;
    static final byte ML_DSA_44 = 6;

    /** The same log's second key, and the size from which it signs too. */
    private record Second(NoteVerifier verifier, long firstSize) {}

    private final String name;
    private final byte type;
    private final SignatureKey key;
    private final int keyId;
    private final @Nullable Second second;

    private NoteVerifier(String name, byte type, SignatureKey key, @Nullable Second second) {
        if (!NoteText.isKeyName(name)) {
            throw new IllegalArgumentException("Not a key name: " + name);
        }
        this.name = name;
        this.type = type;
        this.key = key;
        this.keyId = keyId(name, type, key);
        this.second = second;
    }

    /** A plain Ed25519 key, as logs have. */
    public static NoteVerifier ed25519(String name, VerifyingKey key) {
        return new NoteVerifier(name, ED25519, key, null);
    }

    /** A witness's key: its signatures are cosignatures, {@link Cosignature}. */
    public static NoteVerifier cosigner(String name, VerifyingKey key) {
        return new NoteVerifier(name, COSIGNATURE, key, null);
    }

    /** A key whose lines are cosignatures of ML-DSA-44: a witness's, or a log's second one. */
    public static NoteVerifier mlDsa44(String name, MlDsaKey key) {
        return new NoteVerifier(name, ML_DSA_44, key, null);
    }

    /** A log's key with its second one: checkpoints of that size and larger ones need the lines of both. */
    public NoteVerifier withSecond(MlDsaKey secondKey, long firstSize) {
        return new NoteVerifier(name, type, key, new Second(mlDsa44(name, secondKey), firstSize));
    }

    /** Reads {@code name+hex(key id)+base64(type key)}. */
    public static NoteVerifier parse(String vkey) throws VerificationException {
        // The base64 may hold plus signs, the name may not.
        String[] parts = vkey.split("\\+", 3);
        if (parts.length < 3 || !NoteText.isKeyName(parts[0])) {
            throw bad("it must read name+key id+key");
        }
        ByteString typed = NoteText.base64(parts[2]);
        byte type = typed.isEmpty() ? 0 : typed.byteAt(0);
        if (type != ED25519 && type != COSIGNATURE && type != ML_DSA_44) {
            throw new VerificationException(
                    Reason.UNKNOWN_ALGORITHM, "The verifier key has type " + type + "; types 1, 4 and 6 are known.");
        }
        ByteString raw = typed.substring(1);
        NoteVerifier verifier =
                new NoteVerifier(parts[0], type, type == ML_DSA_44 ? MlDsaKey.of(raw) : VerifyingKey.of(raw), null);
        if (!HexFormat.of().toHexDigits(verifier.keyId).equals(parts[1])) {
            throw bad("its key id does not fit name and key");
        }
        return verifier;
    }

    static int keyId(String name, byte type, SignatureKey key) {
        byte[] hash = Hashing.sha256(
                        (name + "\n").getBytes(StandardCharsets.UTF_8),
                        new byte[] {type},
                        key.toProto().getKey().toByteArray())
                .toByteArray();
        return ByteString.copyFrom(hash).asReadOnlyByteBuffer().getInt();
    }

    /** The one spelling of this key. */
    public String vkey() {
        ByteString typed =
                ByteString.copyFrom(new byte[] {type}).concat(key.toProto().getKey());
        return name + "+" + HexFormat.of().toHexDigits(keyId) + "+" + NoteText.base64(typed);
    }

    /** The key's name; a log's is its origin. */
    public String name() {
        return name;
    }

    /** The key itself. */
    public SignatureKey key() {
        return key;
    }

    /** The log's second key, where it has one. */
    public Optional<NoteVerifier> second() {
        return Optional.ofNullable(second).map(Second::verifier);
    }

    /** Whether it is a witness's key. */
    public boolean isCosigner() {
        return type != ED25519;
    }

    /** Whether the line claims to be of this key. */
    public boolean claims(NoteSignature signature) {
        return signature.keyId() == keyId && signature.name().equals(name);
    }

    /** Fails unless the line is this key's signature over the text. */
    public void verify(String text, NoteSignature signature) throws VerificationException {
        if (type == COSIGNATURE) {
            Cosignature.of(signature).verify(text, this);
        } else if (type == ML_DSA_44) {
            SecondSignature.verify(Checkpoint.parse(text), signature, key);
        } else {
            key.verify(text.getBytes(StandardCharsets.UTF_8), signature.payload());
        }
    }

    /**
     * Fails where this key has a second one, the checkpoint is as large as to need its line, and that line is not there or
     * does not hold.
     *
     * @throws VerificationException {@link Reason#SECOND_SIGNATURE_MISSING} or {@link Reason#BAD_SIGNATURE}
     */
    void requireSecond(Checkpoint checkpoint, OpenedNote opened) throws VerificationException {
        Second needed = second;
        if (needed == null || checkpoint.head().size() < needed.firstSize()) {
            return;
        }
        boolean there = false;
        for (NoteSignature line : opened.unverified()) {
            if (needed.verifier().claims(line)) {
                SecondSignature.verify(checkpoint, line, needed.verifier().key());
                there = true;
            }
        }
        if (!there) {
            throw new VerificationException(
                    Reason.SECOND_SIGNATURE_MISSING,
                    "The checkpoint of " + checkpoint.head().size()
                            + " entries lacks the log's ML-DSA-44 signature, which" + " is required from "
                            + needed.firstSize() + " on; it was taken away, or this is not the log.");
        }
    }

    /**
     * Parses and verifies a note: fails if a known key's signature does not verify, or if none of the keys signed.
     * Signatures of other keys are told, not judged.
     */
    public static OpenedNote open(ByteString note, Collection<NoteVerifier> known) throws VerificationException {
        Note parsed = Note.parse(note);
        List<NoteSignature> verified = new ArrayList<>();
        List<NoteSignature> unverified = new ArrayList<>();
        for (NoteSignature signature : parsed.signatures()) {
            boolean claimed = false;
            for (NoteVerifier verifier : known) {
                if (verifier.claims(signature)) {
                    verifier.verify(parsed.text(), signature);
                    claimed = true;
                }
            }
            (claimed ? verified : unverified).add(signature);
        }
        if (verified.isEmpty()) {
            throw new VerificationException(
                    Reason.UNSIGNED_CHECKPOINT,
                    "The note carries no signature by a known key; check whose log it should be of.");
        }
        return new OpenedNote(parsed.text(), verified, unverified);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NoteVerifier that
                && name.equals(that.name)
                && type == that.type
                && key.equals(that.key);
    }

    @Override
    public int hashCode() {
        return keyId;
    }

    @Override
    public String toString() {
        return vkey();
    }

    private static VerificationException bad(String what) {
        return new VerificationException(Reason.BAD_KEY, "This is no verifier key: " + what + ".");
    }
}
