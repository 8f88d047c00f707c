package io.spinforge.cache;

import org.jspecify.annotations.Nullable;

/**
 * Loads the value of a key and may say, through the {@link Load}, how to keep it.
 *
 * @param <K> the type of the key
 * @param <V> the type of the value
 */
@FunctionalInterface
public interface ContextLoader<K, V> {
  /**
   * Loads the value.
   *
   * @throws Exception if it cannot be loaded; reaches the caller as {@link LoadFailedException}
   */
  @Nullable V load(K key, Load<V> load) throws Exception;
}
