/**
 * Judges what benchmarks allocate against budgets, in our build and in anyone's. Allocation per
 * operation can be judged on shared machines, time cannot: where one code's time moved between runs
 * by factors, its allocation moved by less than half a percent.
 */
@NullMarked
package io.spinforge.benchmarks.gate;

import org.jspecify.annotations.NullMarked;
