package io.spinforge.cache;

import java.util.Map;
import java.util.Set;

/**
 * Loads the values of many keys in one call. Called by several threads at once, for one key by one
 * thread of the node at a time.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
@FunctionalInterface
public interface BulkLoader<K, V> {
  /**
   * Loads the values. A key that the answer lacks, or has a null for, has no value: it is missing
   * from what {@link LayeredCache#getAll} returns, and that is not cached.
   *
   * @param keys not to be modified, at least one
   * @throws Exception if they cannot be loaded; reaches the caller as {@link LoadFailedException}
   */
  Map<K, V> loadAll(Set<K> keys) throws Exception;
}
