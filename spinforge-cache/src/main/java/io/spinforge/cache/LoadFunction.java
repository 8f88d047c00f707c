package io.spinforge.cache;

import org.jspecify.annotations.Nullable;

/**
 * Loads one value and may say, through the {@link Load}, how to keep it.
 *
 * @param <V> the type of the value
 */
@FunctionalInterface
public interface LoadFunction<V> {
  /**
   * Loads the value.
   *
   * @throws Exception if it cannot be loaded; reaches the caller as {@link LoadFailedException}
   */
  @Nullable V load(Load<V> load) throws Exception;
}
