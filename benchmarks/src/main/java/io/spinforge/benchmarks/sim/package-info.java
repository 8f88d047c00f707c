/** Simulations: the modules' own code in virtual time, by the million of seeded schedules. */
@NullMarked
package io.spinforge.benchmarks.sim;

import org.jspecify.annotations.NullMarked;
