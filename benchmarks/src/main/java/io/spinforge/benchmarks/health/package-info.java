/** What the health checker costs: a checker here, its targets in another process. */
@NullMarked
package io.spinforge.benchmarks.health;

import org.jspecify.annotations.NullMarked;
