package io.spinforge.cache;

import static java.util.Objects.requireNonNull;

import io.spinforge.cache.BulkThrough.Wanted;
import io.spinforge.cache.load.SingleFlight.Flight;
import io.spinforge.cache.memory.MemoryStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads of many keys: memory answers what it can, this call leads the flights that nobody leads yet
 * and joins the others afterwards. A leader ends all of its flights before it waits for any, so
 * that bulk reads of the same keys in any order cannot wait for each other. Thread-safe.
 */
final class BulkReads<K, V> {
  private final String cache;
  private final Node node;
  private final MemoryStore<CachedEntry<V>> memory;
  private final Reads<V> reads;
  private final BulkThrough<K, V> below;
  private final @Nullable BulkContextLoader<K, V> bulk;
  private final @Nullable Executor executor; // null: on the reader's thread
  private final Counters counters;

  BulkReads(
      String cache,
      Node node,
      MemoryStore<CachedEntry<V>> memory,
      Reads<V> reads,
      BulkThrough<K, V> below,
      @Nullable BulkContextLoader<K, V> bulk,
      @Nullable Executor executor,
      Counters counters) {
    this.cache = cache;
    this.node = node;
    this.memory = memory;
    this.reads = reads;
    this.below = below;
    this.bulk = bulk;
    this.executor = executor;
    this.counters = counters;
  }

  /** Reads the values of keys, in their order; {@code loaderOf} loads what is read by itself. */
  Map<K, Cached<V>> readAll(
      Collection<? extends K> keys,
      Function<? super K, String> keyOf,
      Function<K, LoadFunction<V>> loaderOf) {
    node.requireOpen();
    Map<String, K> wanted = new LinkedHashMap<>();
    for (K key : keys) {
      String text = keyOf.apply(requireNonNull(key, "key"));
      LayeredCache.requireShort(text);
      wanted.putIfAbsent(text, key);
    }
    Map<String, Cached<V>> found = new LinkedHashMap<>();
    Map<String, Entered> flights = new LinkedHashMap<>();
    List<Wanted<K, V>> mine = new ArrayList<>();
    wanted.forEach(
        (text, key) -> {
          Cached<V> hit = fromMemory(text, key, loaderOf);
          if (hit != null) {
            found.put(text, hit);
          } else {
            flights.put(text, enter(text, key, loaderOf, mine));
          }
        });
    if (!mine.isEmpty()) {
      start(mine);
    }
    await(wanted, flights, found, loaderOf);
    Map<K, Cached<V>> ordered = new LinkedHashMap<>();
    wanted.forEach(
        (text, key) -> {
          Cached<V> value = found.get(text);
          if (value != null) {
            ordered.put(key, value);
          }
        });
    return ordered;
  }

  private @Nullable Cached<V> fromMemory(
      String text, K key, Function<K, LoadFunction<V>> loaderOf) {
    CachedEntry<V> hit = memory.get(text);
    if (hit != null) {
      counters.memoryHits.increment();
      return hit;
    }
    return reads.kept(text, Node.fullKey(cache, text), loaderOf.apply(key));
  }

  private Entered enter(
      String text, K key, Function<K, LoadFunction<V>> loaderOf, List<Wanted<K, V>> mine) {
    String fullKey = Node.fullKey(cache, text);
    node.leaveOldFlight(fullKey);
    Joining joining = new Joining(node, counters);
    Flight<CachedEntry<?>> entered =
        node.flights.enter(
            fullKey,
            flight ->
                mine.add(
                    new Wanted<>(
                        key,
                        text,
                        fullKey,
                        loaderOf.apply(key),
                        node.partitionOf(fullKey),
                        flight)),
            joining);
    return new Entered(entered, joining);
  }

  /** Does the work, here or on the executor; whatever happens, every flight ends. */
  private void start(List<Wanted<K, V>> mine) {
    List<Flight<CachedEntry<?>>> flights = mine.stream().map(w -> w.flight).toList();
    Executor elsewhere = node.flights.isLimited() ? null : executor;
    if (elsewhere == null) {
      node.flights.leadAll(flights, () -> below.read(mine, bulk));
      return;
    }
    try {
      reads.giveUpLater(flights);
      elsewhere.execute(() -> node.flights.leadAllLimited(flights, () -> below.read(mine, bulk)));
    } catch (RejectedExecutionException e) {
      flights.forEach(flight -> node.flights.fail(flight, e));
    }
  }

  private void await(
      Map<String, K> wanted,
      Map<String, Entered> flights,
      Map<String, Cached<V>> found,
      Function<K, LoadFunction<V>> loaderOf) {
    long started = node.clock.exact();
    int failed = 0;
    RuntimeException first = null;
    for (Map.Entry<String, Entered> one : flights.entrySet()) {
      String text = one.getKey();
      K key = requireNonNull(wanted.get(text), "key");
      try {
        Entered entered = one.getValue();
        found.put(
            text, reads.join(text, loaderOf.apply(key), entered.flight, entered.joining, started));
      } catch (NoValueException e) {
        // the key has no value: left out
      } catch (RuntimeException e) {
        first = first == null ? e : first;
        failed++;
      }
    }
    if (first instanceof LoadFailedException e && flights.size() > 1) {
      throw new LoadFailedException(
          cache + ": " + failed + " of " + wanted.size() + " keys, first " + e.getMessage(),
          e.getCause() == null ? e : e.getCause());
    }
    if (first != null) {
      throw first;
    }
  }

  /** A flight that this read waits for, its own or another's. */
  private record Entered(Flight<CachedEntry<?>> flight, Joining joining) {}
}
