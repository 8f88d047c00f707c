/** Performance goals against an oracle that remembers every request. */
@NullMarked
package io.spinforge.benchmarks.goals;

import org.jspecify.annotations.NullMarked;
