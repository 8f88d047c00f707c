package io.spinforge.metrics.bind;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToDoubleFunction;

/**
 * The meters of one thing, which go together when it goes. Meters that ask their state hold it
 * strongly: as long as this set is open the state is not collected. Thread-safe.
 */
final class MeterSet implements AutoCloseable {
  private final MeterRegistry registry;

  /** Guards {@link #meters} and {@link #closed}. */
  private final ReentrantLock lock = new ReentrantLock();

  private final List<Meter> meters = new ArrayList<>();
  private boolean closed;

  MeterSet(MeterRegistry registry) {
    this.registry = registry;
  }

  /**
   * Registers a gauge.
   *
   * @param tags the values of the catalogue's tag keys, in their order
   */
  <T> void gauge(Catalogue what, T state, ToDoubleFunction<T> value, String... tags) {
    Tags all = checkNew(what, tags);
    keep(
        Gauge.builder(what.id(), state, value)
            .description(what.description())
            .baseUnit(what.baseUnit())
            .tags(all)
            .strongReference(true)
            .register(registry));
  }

  /** Registers a counter that is read from its state. */
  <T> void counter(Catalogue what, T state, ToDoubleFunction<T> count, String... tags) {
    Tags all = checkNew(what, tags);
    // Micrometer holds the state weakly: the function holds it, too.
    keep(
        FunctionCounter.builder(what.id(), state, same -> count.applyAsDouble(state))
            .description(what.description())
            .baseUnit(what.baseUnit())
            .tags(all)
            .register(registry));
  }

  /** Registers a timer to be recorded into. */
  Timer timer(Catalogue what, String... tags) {
    return keep(
        Timer.builder(what.id())
            .description(what.description())
            .tags(tags(what, tags))
            .register(registry));
  }

  /** Registers a summary to be recorded into. */
  DistributionSummary summary(Catalogue what, String... tags) {
    return keep(
        DistributionSummary.builder(what.id())
            .description(what.description())
            .tags(tags(what, tags))
            .register(registry));
  }

  /** Registers a counter to be counted up. */
  Counter counter(Catalogue what, String... tags) {
    return keep(
        Counter.builder(what.id())
            .description(what.description())
            .tags(tags(what, tags))
            .register(registry));
  }

  private <M extends Meter> M keep(M meter) {
    lock.lock();
    try {
      if (closed) {
        registry.remove(meter);
      } else {
        meters.add(meter);
      }
      return meter;
    } finally {
      lock.unlock();
    }
  }

  /** The registry would hand out the meter that is there and never ask the new state. */
  private Tags checkNew(Catalogue what, String... values) {
    Tags tags = tags(what, values);
    if (registry.find(what.id()).tags(tags).meter() != null) {
      throw new IllegalStateException(
          what.id() + tags.stream().toList() + ": bound on this registry already (expected: once)");
    }
    return tags;
  }

  private static Tags tags(Catalogue what, String... values) {
    List<String> keys = what.tags();
    if (keys.size() != values.length) {
      throw new IllegalArgumentException(
          what.id() + " tags: " + List.of(values) + " (expected: " + keys + ")");
    }
    List<Tag> tags = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      tags.add(Tag.of(keys.get(i), values[i]));
    }
    return Tags.of(tags);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      meters.forEach(registry::remove);
      meters.clear();
    } finally {
      lock.unlock();
    }
  }
}
