/**
 * What single steps cost, under JMH: the figures whose goal is a share of what this machine's processor can do, each
 * measured beside that bare rate in one run. {@link dev.weft.it.jmh.Benchmarks} runs them and then the load generator.
 */
@NullMarked
package dev.weft.it.jmh;

import org.jspecify.annotations.NullMarked;
