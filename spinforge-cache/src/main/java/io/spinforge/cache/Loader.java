package io.spinforge.cache;

import org.jspecify.annotations.Nullable;

/**
 * Loads the value of a key when neither memory nor Redis has it. Called by several threads at once
 * for different keys, for one key by one thread of the node at a time.
 *
 * @param <K> the type of the key
 * @param <V> the type of the value
 */
@FunctionalInterface
public interface Loader<K, V> {
  /**
   * Loads the value.
   *
   * @throws Exception if it cannot be loaded; reaches the caller as {@link LoadFailedException}
   */
  @Nullable V load(K key) throws Exception;
}
