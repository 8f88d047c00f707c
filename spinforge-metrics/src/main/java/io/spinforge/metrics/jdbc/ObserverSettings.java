package io.spinforge.metrics.jdbc;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How queries are looked at.
 *
 * @param pool the pool's name, for the log
 * @param slow what takes that long is slow
 * @param repeats how often one statement has to come within one borrowing to be reported
 * @param analyze whether slow reads may be executed again for their plan
 * @param linesPerMinute the most that is logged
 * @param ticker nanoseconds
 */
public record ObserverSettings(
    String pool,
    Duration slow,
    int repeats,
    boolean analyze,
    int linesPerMinute,
    LongSupplier ticker) {}
