/**
 * Claims about concurrency, for jcstress: {@code java -cp benchmarks.jar org.openjdk.jcstress.Main
 * -t io.spinforge} tries every one of them in many interleavings.
 */
@NullMarked
package io.spinforge.benchmarks.stress;

import org.jspecify.annotations.NullMarked;
