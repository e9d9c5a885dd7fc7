/**
 * Signed notes, checkpoints and cosignatures, byte for byte as C2SP publishes them (signed-note v1.0.0, tlog-checkpoint
 * v1.0.0, tlog-cosignature v1.0.1), so that tools nobody here wrote can read and cosign Weft's logs.
 *
 * <p>Invariant: text of a note is used only after a signature over it verified; one bad signature of a known key refuses
 * the whole note; what is signed is a re-encoding of what was parsed.
 *
 * <p>Knows keys and tree heads; knows no member, no transport and no storage.
 */
@NullMarked
package dev.weft.proto.note;

import org.jspecify.annotations.NullMarked;
