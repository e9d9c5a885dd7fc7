/**
 * Stories of lies: an operator or a member lies to real processes, whoever can notice does and says so, and what can be shown
 * to others is shown by {@code weft-node verify} where nobody has seen the federation (the table in docs/threat-model.md).
 */
@NullMarked
package dev.weft.it.lies;

import org.jspecify.annotations.NullMarked;
