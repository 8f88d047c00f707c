/**
 * Long trials of the cache on a real Redis: each is a program that says what it saw, and exits with
 * 1 if that is not what the cache promises. Their short forms run with the tests.
 */
@NullMarked
package io.spinforge.benchmarks.trials;

import org.jspecify.annotations.NullMarked;
