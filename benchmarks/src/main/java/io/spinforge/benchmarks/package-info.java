/** Benchmarks, the load lab and the demo. */
@NullMarked
package io.spinforge.benchmarks;

import org.jspecify.annotations.NullMarked;
