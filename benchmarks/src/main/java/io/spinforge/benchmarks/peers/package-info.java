/**
 * Other libraries before the same questions as ours: each contender is set up the way its own
 * documentation recommends, all of them against the same servers.
 */
@NullMarked
package io.spinforge.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
