/**
 * Files for somebody who was not there: a {@link dev.weft.proto.bundle.ForkProof} that shows a contradiction, an audit bundle
 * that answers a question ({@link dev.weft.proto.bundle.BundleWriter}, {@link dev.weft.proto.bundle.BundleVerifier}), and the
 * offline check of it.
 *
 * <p>Invariant: nothing is called proved that does not follow from signatures and hashes in the file itself; whatever else
 * is needed to believe it is named beside the verdict. Bytes in, bytes out: knows no file, no network and no clock.
 */
@NullMarked
package dev.weft.proto.bundle;

import org.jspecify.annotations.NullMarked;
