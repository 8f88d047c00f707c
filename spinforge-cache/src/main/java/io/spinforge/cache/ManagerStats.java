package io.spinforge.cache;

import java.util.Map;
import java.util.Optional;

/**
 * A snapshot of a manager: its caches by name, and its Redis layer if it has one. Immutable.
 *
 * @param name the manager's name
 * @param caches each cache's counters
 * @param redis the Redis layer's counters
 * @param forgotten entries that were misses only because it is not known any more what was
 *     invalidated by tag, pattern or clear since they were loaded
 */
public record ManagerStats(
    String name, Map<String, CacheStats> caches, Optional<RedisStats> redis, long forgotten) {}
