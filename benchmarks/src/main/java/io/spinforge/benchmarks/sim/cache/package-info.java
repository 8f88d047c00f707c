/**
 * The cache in virtual time: several nodes of production code over a model of Redis, seeded
 * schedules of reads, invalidations and faults, and an oracle that knows which value may still be
 * served. Start reading at {@code Schedule}.
 */
@NullMarked
package io.spinforge.benchmarks.sim.cache;

import org.jspecify.annotations.NullMarked;
