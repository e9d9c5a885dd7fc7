/**
 * The protocol of Weft: the messages that cross between institutions, and the rules by which a node, an aggregator and
 * an auditor judge them alike. What lives below this package is computation over values that it is handed; it opens no
 * file, no socket and no database of its own, so that an auditor can run all of it offline.
 */
@NullMarked
package dev.weft.proto;

import org.jspecify.annotations.NullMarked;
