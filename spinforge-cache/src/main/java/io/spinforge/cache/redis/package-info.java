/**
 * The second level: partitions, leases, the invalidation log and its reader, the breaker and the
 * backlog of own invalidations. Knows keys and bytes, neither values nor memory.
 */
@NullMarked
package io.spinforge.cache.redis;

import org.jspecify.annotations.NullMarked;
