/** What the metrics module promises about itself, measured: programs that print what they saw. */
@NullMarked
package io.spinforge.benchmarks.metrics;

import org.jspecify.annotations.NullMarked;
