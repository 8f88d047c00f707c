package io.spinforge.cache;

import java.util.Map;
import java.util.Set;

/**
 * Loads the values of many keys in one call and may say, through a {@link Load} for each, how to
 * keep them.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
@FunctionalInterface
public interface BulkContextLoader<K, V> {
  /**
   * Loads the values as {@link BulkLoader#loadAll} does; with {@link Load#absent} the absence of a
   * value is cached.
   *
   * @param keys not to be modified, at least one
   * @throws Exception if they cannot be loaded; reaches the caller as {@link LoadFailedException}
   */
  Map<K, V> loadAll(Set<K> keys, BulkLoad<K, V> loads) throws Exception;
}
