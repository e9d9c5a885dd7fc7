package dev.weft.proto.note;

import dev.weft.proto.identity.SigningKey;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Signs notes with an Ed25519 key under a name. */
public final class NoteSigner {
    private final SigningKey key;
    private final NoteVerifier verifier;

    private NoteSigner(SigningKey key, NoteVerifier verifier) {
        this.key = key;
        this.verifier = verifier;
    }

    /** A plain Ed25519 key, as logs have; a log's name is its origin. */
    public static NoteSigner ed25519(String name, SigningKey key) {
        return new NoteSigner(key, NoteVerifier.ed25519(name, key.verifyingKey()));
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

    /** A note of the text, which must end with a line feed, with this one signature. */
    public Note sign(String text) {
        return new Note(text, List.of(signature(text)));
    }
}
