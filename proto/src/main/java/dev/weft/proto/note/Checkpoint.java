package dev.weft.proto.note;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.TreeHead;
import java.util.Collection;
import java.util.List;

/**
 * The text of a C2SP checkpoint: origin, size, root, each on a line. Extension lines are refused: Weft never uses them,
 * and a cosigner must not vouch for what it does not read.
 *
 * @param origin of the log, its name for ever
 * @param head size and root
 */
public record Checkpoint(String origin, TreeHead head) {
    /** Checks the origin; else an IllegalArgumentException. */
    public Checkpoint {
        if (!isOrigin(origin)) {
            throw new IllegalArgumentException("An origin is one line that is not empty");
        }
    }

    private static boolean isOrigin(String text) {
        return !text.isEmpty() && text.chars().noneMatch(c -> c < 0x20);
    }

    /** The text that is signed. */
    public String text() {
        return origin + "\n" + head.size() + "\n" + NoteText.base64(head.root().toByteString()) + "\n";
    }

    /** Reads a text; only what {@link #text} gives back is accepted. */
    public static Checkpoint parse(String text) throws VerificationException {
        String[] lines = text.split("\n", -1);
        if (lines.length != 4 || !lines[3].isEmpty() || !isOrigin(lines[0])) {
            throw NoteText.malformed("a checkpoint has the three lines origin, size and root");
        }
        long size = NoteText.decimal(lines[1]);
        Digest root = Digest.parse(NoteText.base64(lines[2]), "The root of a checkpoint");
        if (size == 0 && !root.equals(TreeHead.EMPTY.root())) {
            throw NoteText.malformed("the root of the empty tree is SHA-256 of nothing");
        }
        return new Checkpoint(lines[0], new TreeHead(size, root));
    }

    /**
     * Parses a signed checkpoint and verifies it: at least one of the log's keys signed, every known key's signature
     * holds, a signing key's name is the checkpoint's origin, and each signing key signed with its second one where that is
     * needed.
     */
    public static Checkpoint open(ByteString note, Collection<NoteVerifier> log) throws VerificationException {
        OpenedNote opened = NoteVerifier.open(note, log);
        Checkpoint checkpoint = parse(opened.text());
        if (opened.verified().stream().noneMatch(s -> s.name().equals(checkpoint.origin()))) {
            throw new VerificationException(
                    Reason.UNKNOWN_LOG,
                    "The checkpoint is of the log " + checkpoint.origin() + ", whose key did not sign it.");
        }
        for (NoteVerifier key : log) {
            if (opened.verified().stream().anyMatch(key::claims)) {
                key.requireSecond(checkpoint, opened);
            }
        }
        return checkpoint;
    }

    /** As {@link #open(ByteString, Collection)}. */
    public static Checkpoint open(ByteString note, NoteVerifier... log) throws VerificationException {
        return open(note, List.of(log));
    }

    /** The signed note. */
    public static ByteString sign(Checkpoint checkpoint, NoteSigner signer) {
        return signer.sign(checkpoint).encode();
    }
}
