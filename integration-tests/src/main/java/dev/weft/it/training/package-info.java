/**
 * A real federated training, small enough for a demo: logistic regression by federated averaging on the Breast Cancer
 * Wisconsin (Diagnostic) data, dealt out unevenly over the sites. Knows nothing of Weft but the digest of a model.
 *
 * <p>Invariant: the same seed and the same number of sites and rounds give the same model digests on every machine.
 * Sums run in a fixed order, transcendental functions are {@link java.lang.StrictMath}'s, and models are averaged in
 * the order of the sites.
 */
@NullMarked
package dev.weft.it.training;

import org.jspecify.annotations.NullMarked;
