/**
 * The federation in a box: starts the real daemons as processes of their own, stands between them, loads them and
 * lies to them. Serves the scenarios of this module, the demo and the benchmarks alike; nothing here is shipped with a
 * daemon.
 */
@NullMarked
package dev.weft.it;

import org.jspecify.annotations.NullMarked;
