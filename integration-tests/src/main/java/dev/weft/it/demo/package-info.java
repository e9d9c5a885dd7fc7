/**
 * {@code ./demo}: a whole federation on this machine, from the first invitation to the last proof. Plays the people and
 * the tools of a study, and then checks, from outside and with its own eyes, everything that it claims.
 *
 * <p>Invariant: a check that is printed was made in this run; the exit code is 0 only if every one held. Knows the
 * daemons only through what {@link dev.weft.it.federation} offers.
 */
@NullMarked
package dev.weft.it.demo;

import org.jspecify.annotations.NullMarked;
