package io.spinforge.cache;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the host's listener, and lets nothing that it throws out. Thread-safe. */
final class Listeners {
  private static final Logger LOG = LoggerFactory.getLogger(CacheListener.class);

  private final CacheListener listener;
  private final AtomicBoolean complained = new AtomicBoolean();

  Listeners(@Nullable CacheListener listener) {
    this.listener = listener == null ? new CacheListener() {} : listener;
  }

  void loaded(String cache, Duration took, @Nullable Throwable failure) {
    try {
      listener.onLoad(cache, took, failure);
    } catch (RuntimeException e) {
      complain(e);
    }
  }

  void invalidated(String cache, Origin origin, int keys) {
    try {
      listener.onInvalidation(cache, origin, keys);
    } catch (RuntimeException e) {
      complain(e);
    }
  }

  void lag(Duration lag) {
    try {
      listener.onInvalidationLag(lag);
    } catch (RuntimeException e) {
      complain(e);
    }
  }

  void health(Health.State from, Health.State to) {
    try {
      listener.onHealth(from, to);
    } catch (RuntimeException e) {
      complain(e);
    }
  }

  private void complain(RuntimeException e) {
    if (complained.compareAndSet(false, true)) {
      LOG.warn("listener threw; further failures are not logged", e);
    }
  }
}
