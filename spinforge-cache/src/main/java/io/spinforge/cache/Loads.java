package io.spinforge.cache;

import static java.util.Objects.requireNonNull;

import io.spinforge.cache.ReadThrough.Loaded;
import io.spinforge.cache.memory.BanMark;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Calls one cache's loaders: times them, counts them, and says what they did wrong. Thread-safe.
 */
final class Loads<V> {
  private final String cache;
  private final Node node;
  private final Entries<V> entries;
  private final LastValues<V> lastValues;
  private final Counters counters;

  Loads(String cache, Node node, Entries<V> entries, LastValues<V> lastValues, Counters counters) {
    this.cache = cache;
    this.node = node;
    this.entries = entries;
    this.lastValues = lastValues;
    this.counters = counters;
  }

  /**
   * Calls a loader for one key.
   *
   * @param mark what the value will respect
   * @param previous the value that was cached before, looked up after that
   */
  Loaded<V> load(
      String fullKey, LoadFunction<V> loader, BanMark mark, @Nullable CachedEntry<V> previous) {
    Load<V> load = new Load<>(entries.freshFor(), mark, previous);
    node.controls.begins(fullKey, load);
    long started = node.clock.exact();
    if (node.holds.isHeld(fullKey, started)) {
      load.keepNowhere();
    }
    Throwable failure = null;
    try {
      V value = loader.load(load);
      if (value == null && !load.isAbsent()) {
        failure =
            new NullPointerException(
                "loader returned null (expected: a value, or load.absent(ttl) for an absence)");
      }
      if (failure == null) {
        return good(value, load, started);
      }
    } catch (NoValueException e) {
      failure = e;
      throw e;
    } catch (Exception e) {
      failure = e;
    } finally {
      node.controls.ends(fullKey, load);
      told(started, failure);
    }
    throw new LoadFailedException(fullKey + ": " + failure.getMessage(), failure);
  }

  /**
   * Calls a bulk loader; the answer lacks the keys for which it has no value.
   *
   * @param fullKeys those to be loaded
   */
  <K> Map<K, Loaded<V>> loadAll(
      BulkContextLoader<K, V> loader,
      BanMark mark,
      Map<K, String> fullKeys,
      Map<K, @Nullable CachedEntry<V>> previous) {
    Map<K, Load<V>> loads = new LinkedHashMap<>();
    fullKeys.forEach(
        (key, fullKey) -> {
          Load<V> load = new Load<>(entries.freshFor(), mark, previous.get(key));
          loads.put(key, load);
          if (node.holds.isHeld(fullKey, node.clock.exact())) {
            load.keepNowhere();
          }
          node.controls.begins(fullKey, load);
        });
    long started = node.clock.exact();
    Throwable failure = null;
    try {
      Set<K> keys = java.util.Collections.unmodifiableSet(loads.keySet());
      Map<K, V> values = loader.loadAll(keys, new BulkLoad<>(loads));
      if (values == null) {
        failure = new NullPointerException("bulk loader returned null (expected: a map)");
      } else {
        Map<K, Loaded<V>> loaded = new LinkedHashMap<>();
        loads.forEach(
            (key, load) -> {
              V value = values.get(key);
              if (value != null || load.isAbsent()) {
                loaded.put(key, good(value, load, started));
              }
            });
        return loaded;
      }
    } catch (Exception e) {
      failure = e;
    } finally {
      loads.forEach((key, load) -> node.controls.ends(requireNonNull(fullKeys.get(key)), load));
      told(started, failure);
    }
    throw new LoadFailedException(cache + ": " + failure.getMessage(), failure);
  }

  private Loaded<V> good(@Nullable V value, Load<V> load, long started) {
    lastValues.loaded();
    return entries.loaded(value, load, node.clock.exact() - started);
  }

  private void told(long started, @Nullable Throwable failure) {
    long nanos = node.clock.exact() - started;
    node.clock.tick();
    (failure == null ? counters.loads : counters.loadFailures).increment();
    counters.loadNanos.add(nanos);
    node.listeners.loaded(cache, Duration.ofNanos(nanos), failure);
  }
}
