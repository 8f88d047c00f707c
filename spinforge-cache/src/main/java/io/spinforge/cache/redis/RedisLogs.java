package io.spinforge.cache.redis;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What every log reader of a store shares.
 *
 * @param node names this node in the records it writes
 * @param clockStep how far behind the clock of the hits may be
 * @param sequences told the incarnation in which each log is read
 * @param barriers told of each barrier that was come to
 * @param announcement that this node reads the logs
 */
record RedisLogs(
    Link link,
    Keys keys,
    RedisSettings settings,
    String node,
    LongSupplier ticker,
    Duration clockStep,
    Sequences sequences,
    Barriers barriers,
    Announcement announcement) {}
