package io.spinforge.metrics.bind;

/** A component that has become meters; {@link #close} removes them. Idempotent. */
public interface Binding extends AutoCloseable {
  @Override
  void close();
}
