/** Stories of the aggregator as a whole, and the fixtures that they share. */
@NullMarked
package dev.weft.aggregator;

import org.jspecify.annotations.NullMarked;
