package dev.weft.aggregator.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.log.AnchorLostException;
import dev.weft.proto.log.AnchoredHead;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.NoteSigner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileAnchorTest {
    private static final String ORIGIN = "demo/log/1";

    private final NoteSigner signer = NoteSigner.ed25519(ORIGIN, SigningKey.generate(new SecureRandom()));

    @TempDir
    private Path folder;

    private AnchoredHead head(int size) {
        TreeHead head = new TreeHead(size, Hashing.sha256(new byte[] {(byte) size}));
        return new AnchoredHead(ORIGIN, head, Checkpoint.sign(new Checkpoint(ORIGIN, head), signer));
    }

    @Test
    void anchor_holdsWhatWasSetOverReopening() throws Exception {
        Path file = folder.resolve("a.anchor");
        try (FileAnchor anchor = FileAnchor.open(file)) {
            assertThat(anchor.read()).isEmpty();
            anchor.compareAndSet(Optional.empty(), head(1));
            anchor.compareAndSet(Optional.of(head(1)), head(2));
        }
        try (FileAnchor anchor = FileAnchor.open(file)) {
            assertThat(anchor.read()).contains(head(2));
        }
    }

    @Test
    void anchorThatSomebodyMoved_isLostAndStays() throws Exception {
        try (FileAnchor anchor = FileAnchor.open(folder.resolve("a.anchor"))) {
            anchor.compareAndSet(Optional.empty(), head(2));
            assertThatThrownBy(() -> anchor.compareAndSet(Optional.of(head(1)), head(3)))
                    .isInstanceOf(AnchorLostException.class);
            assertThat(anchor.read()).contains(head(2));
        }
    }

    @Test
    void anchorInUse_isRefused() throws Exception {
        try (FileAnchor first = FileAnchor.open(folder.resolve("a.anchor"))) {
            assertThat(first.read()).isEmpty();
            assertThatThrownBy(() -> FileAnchor.open(folder.resolve("a.anchor")))
                    .isInstanceOfSatisfying(
                            VerificationException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.ALREADY_RUNNING));
        }
    }

    @Test
    void damagedAnchor_isNotTakenForNone() throws Exception {
        Files.writeString(folder.resolve("a.anchor"), "demo/log/1\n");
        try (FileAnchor anchor = FileAnchor.open(folder.resolve("a.anchor"))) {
            assertThatThrownBy(anchor::read).isInstanceOf(IOException.class);
        }
    }
}
