package dev.weft.proto.note;

import dev.weft.proto.identity.MlDsaSigningKey;
import dev.weft.proto.identity.SigningKey;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Signs notes with an Ed25519 key under a name, and checkpoints with a second key beside it where one is needed. */
public final class NoteSigner {
    private final SigningKey key;
    private final NoteVerifier verifier;
    private final @Nullable Second second;

    private record Second(MlDsaSigningKey key, long firstSize) {}

    private NoteSigner(SigningKey key, NoteVerifier verifier, @Nullable Second second) {
        this.key = key;
        this.verifier = verifier;
        this.second = second;
    }

    /** A plain Ed25519 key, as logs have; a log's name is its origin. */
    public static NoteSigner ed25519(String name, SigningKey key) {
        return new NoteSigner(key, NoteVerifier.ed25519(name, key.verifyingKey()), null);
    }

    /** With the log's second key, which signs checkpoints of that size and larger ones. */
    public NoteSigner withSecond(MlDsaSigningKey secondKey, long firstSize) {
        return new NoteSigner(
                key, verifier.withSecond(secondKey.verifyingKey(), firstSize), new Second(secondKey, firstSize));
    }

    /** What the signatures verify with. */
    public NoteVerifier verifier() {
        return verifier;
    }

    /** The signature line over a text. */
    public NoteSignature signature(String text) {
        String name = verifier.name();
        return new NoteSignature(
                name,
                NoteVerifier.keyId(name, NoteVerifier.ED25519, verifier.key()),
                key.sign(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** The note of a checkpoint, with every signature that it needs. */
    Note sign(Checkpoint checkpoint) {
        Note note = sign(checkpoint.text());
        return second == null || checkpoint.head().size() < second.firstSize()
                ? note
                : note.with(List.of(SecondSignature.sign(checkpoint, second.key())));
    }

    /** A note of the text, which must end with a line feed, with this one signature. */
    public Note sign(String text) {
        return new Note(text, List.of(signature(text)));
    }
}
