package io.spinforge.health.registry;

/** A running subscription to a service's instances. Thread-safe. */
public interface Watch extends AutoCloseable {

  /** Returns the name of the watched service. */
  String service();

  /** Returns what is known now; one volatile read. */
  ServiceSnapshot snapshot();

  /** Ends the subscription; no call of the listener begins after this. Idempotent. */
  @Override
  void close();
}
