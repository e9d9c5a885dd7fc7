/**
 * Disclosure: what a request and a decision in the shared log bind, and how the fields that a site opened for one reader are
 * checked against them: field in record, record in the site's log, the site's head in the decision. Invariant: a value is
 * given only after all of that held. Knows statements and trees; no network, no store, and not how a bundle carries it.
 */
@NullMarked
package dev.weft.proto.disclosure;

import org.jspecify.annotations.NullMarked;
