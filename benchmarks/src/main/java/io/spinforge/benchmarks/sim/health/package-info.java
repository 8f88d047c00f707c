/** The health checker in virtual time. */
@NullMarked
package io.spinforge.benchmarks.sim.health;

import org.jspecify.annotations.NullMarked;
