package io.spinforge.cache;

import java.time.Duration;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the host's listeners, and lets nothing that they throw out. Thread-safe. */
final class Listeners {
  private static final Logger LOG = LoggerFactory.getLogger(CacheListener.class);

  private final CopyOnWriteArrayList<CacheListener> listeners = new CopyOnWriteArrayList<>();
  private final AtomicBoolean complained = new AtomicBoolean();

  Listeners(@Nullable CacheListener first) {
    if (first != null) {
      listeners.add(first);
    }
  }

  /** Adds a listener and tells it of the caches that exist. */
  void add(CacheListener listener, Iterable<String> caches) {
    listeners.add(listener);
    caches.forEach(cache -> tell(listener, l -> l.onCache(cache)));
  }

  void remove(CacheListener listener) {
    listeners.remove(listener);
  }

  void built(String cache) {
    tellAll(listener -> listener.onCache(cache));
  }

  void loaded(String cache, Duration took, @Nullable Throwable failure) {
    tellAll(listener -> listener.onLoad(cache, took, failure));
  }

  void invalidated(String cache, Origin origin, int keys) {
    tellAll(listener -> listener.onInvalidation(cache, origin, keys));
  }

  void lag(Duration lag) {
    tellAll(listener -> listener.onInvalidationLag(lag));
  }

  void health(Health.State from, Health.State to) {
    tellAll(listener -> listener.onHealth(from, to));
  }

  private void tellAll(Consumer<CacheListener> news) {
    for (CacheListener listener : listeners) {
      tell(listener, news);
    }
  }

  private void tell(CacheListener listener, Consumer<CacheListener> news) {
    try {
      news.accept(listener);
    } catch (RuntimeException e) {
      if (complained.compareAndSet(false, true)) {
        LOG.warn("listener threw; further failures are not logged", e);
      }
    }
  }
}
