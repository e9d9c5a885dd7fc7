/**
 * What may leave the site: the policy, the steward's queue, and the way from a record to a signed statement. A statement
 * holds digests that policy calls public, and commitments; the salts stay. It is signed and put into the outbox in the
 * transaction that stores its record, so that neither is ever there without the other. Knows raw records, and hands on
 * only {@link dev.weft.proto.statement.SignedEnvelope} with its site proof and approved openings.
 */
@NullMarked
package dev.weft.node.release;

import org.jspecify.annotations.NullMarked;
