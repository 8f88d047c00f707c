package io.spinforge.cache.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/**
 * What a store runs on.
 *
 * @param scheduler one thread, for what never blocks
 * @param threads runs each task, which may block, in a thread of its own
 * @param nanos the time
 * @param waits whose {@code newIncompleteFuture()} makes every future that a thread waits on
 */
public record Execution(
    ScheduledExecutorService scheduler,
    Executor threads,
    CompletableFuture<?> waits,
    LongSupplier nanos) {}
