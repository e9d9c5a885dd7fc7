/**
 * What members say, and the one form in which they say it: a predicate of weft/v1 inside an in-toto Statement v1,
 * printed as canonical JSON, signed as DSSE, carried as an {@code Envelope}.
 *
 * <p>Invariant: the bytes as received are what is hashed, verified, kept and forwarded; nothing here ever builds them
 * anew. A payload is valid only if printing what was parsed gives those bytes, so two different payloads never mean the
 * same. {@link dev.weft.proto.statement.EnvelopeOpener} judges form alone; who may speak is the business of
 * {@code standing}, and what a statement brings about is that of {@code graph}: neither may be known here.
 */
@NullMarked
package dev.weft.proto.statement;

import org.jspecify.annotations.NullMarked;
