package io.spinforge.cache;

import java.util.Map;

/**
 * What a bulk loader can ask and say about each value it returns. Valid during that one load, on
 * its thread; not thread-safe.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class BulkLoad<K, V> {
  private final Map<K, Load<V>> loads;

  BulkLoad(Map<K, Load<V>> loads) {
    this.loads = loads;
  }

  /**
   * Returns the load of one of the keys.
   *
   * @throws IllegalArgumentException if it is none of those to be loaded
   */
  public Load<V> of(K key) {
    Load<V> load = loads.get(key);
    if (load == null) {
      throw Rules.refusal("key", key, "one of the keys to be loaded");
    }
    return load;
  }
}
