/**
 * Who somebody is: member names, the keys of a membership with one purpose each, the one rule by which every verifier
 * judges an Ed25519 signature, certificates, and the invitation by which a newcomer becomes a member.
 *
 * <p>Invariant: a {@link dev.weft.proto.identity.VerifyingKey} that exists has passed the strict key rule, so a
 * signature is accepted by all verifiers or by none, whichever provider computes it. Bouncy Castle and the native
 * provider are named in this package alone.
 *
 * <p>It may not know statements, logs or the state of a federation: whether a key may speak is decided elsewhere.
 */
@NullMarked
package dev.weft.proto.identity;

import org.jspecify.annotations.NullMarked;
