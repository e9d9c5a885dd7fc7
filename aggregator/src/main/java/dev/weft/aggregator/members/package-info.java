/**
 * Who may speak: newcomers become members here, and each connection is tied to the one member that its certificate
 * names.
 *
 * <p>Invariant: the handshake accepts any client certificate, so that a newcomer or a member whose certificate ran out
 * reaches {@code Enrolment}; every other call passes {@link dev.weft.aggregator.members.PeerIdentity} first, which demands
 * a chain to the federation's CA, exactly one member name, and a standing that allows it, and which ends what is open when
 * one of these ends.
 *
 * <p>It may not know how the log is written: it asks through {@link dev.weft.aggregator.members.MembershipLog}.
 */
@NullMarked
package dev.weft.aggregator.members;

import org.jspecify.annotations.NullMarked;
