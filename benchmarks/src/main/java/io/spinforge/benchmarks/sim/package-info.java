/**
 * Simulations over the production classes: single steps of the reactive rules, and whole traces in
 * virtual time.
 */
@NullMarked
package io.spinforge.benchmarks.sim;

import org.jspecify.annotations.NullMarked;
