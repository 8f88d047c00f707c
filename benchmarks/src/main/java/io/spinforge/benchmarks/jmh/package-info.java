/**
 * One benchmark class for each hot path, beside what a user would take instead. What they allocate
 * is judged in every build against {@code allocation-budgets.properties}.
 */
@NullMarked
package io.spinforge.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
