/**
 * The aggregator over HTTP, for people, dashboards and its own command line: the same questions and answers as gRPC, as
 * JSON; health and metrics; what the operator may say. On loopback unless told otherwise, behind one token.
 *
 * <p>Invariant: nothing but health answers without the token, and no page of another server gets an answer at all. Members
 * do not come this way: their door is gRPC, where a certificate says who they are.
 */
@NullMarked
package dev.weft.aggregator.http;

import org.jspecify.annotations.NullMarked;
