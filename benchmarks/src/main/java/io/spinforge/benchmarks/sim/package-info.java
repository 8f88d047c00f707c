/**
 * Simulations over the production classes: single steps of the reactive rules, whole traces in
 * virtual time, and schedules of the cache and the balancer by the million.
 */
@NullMarked
package io.spinforge.benchmarks.sim;

import org.jspecify.annotations.NullMarked;
