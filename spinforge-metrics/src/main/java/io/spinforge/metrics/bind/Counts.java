package io.spinforge.metrics.bind;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.DoubleSupplier;

/** Gauges of one name, which go together. Thread-safe. */
public final class Counts implements Binding {
  private final MeterSet meters;
  private final Catalogue what;

  /** Creates none yet. */
  public Counts(MeterRegistry registry, Catalogue what) {
    this.meters = new MeterSet(registry);
    this.what = what;
  }

  /**
   * Registers a gauge.
   *
   * @param tags the values of the catalogue's tag keys, in their order
   * @throws IllegalStateException if the registry has it already
   */
  public void gauge(DoubleSupplier value, String... tags) {
    meters.gauge(what, value, DoubleSupplier::getAsDouble, tags);
  }

  @Override
  public void close() {
    meters.close();
  }
}
