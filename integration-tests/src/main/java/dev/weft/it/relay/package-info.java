/**
 * Stands between one site and the aggregator and reads along. With the demo's own keys a relay ends the site's TLS as
 * the aggregator would, and speaks on to the aggregator as the site would, so that both see nothing unusual; in between
 * lies every message and every header in the clear.
 *
 * <p>Invariant: bytes are passed on as they came, unless a test tampers with them ({@link dev.weft.it.relay.Tampering}), in
 * order and with the flow control of both ends; what was recorded is all that came. Knows no message: it relays byte arrays,
 * for whatever method.
 */
@NullMarked
package dev.weft.it.relay;

import org.jspecify.annotations.NullMarked;
