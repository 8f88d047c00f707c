package io.spinforge.benchmarks.demo;

/** Names that the demo's processes share. */
final class Wire {
  /** The service's name in the registry. */
  static final String SERVICE = "shop";

  /** Response header: the id of the worker that answered. */
  static final String WORKER = "x-worker";

  /** Response header: where the worker had the item from: memory, redis or fresh. */
  static final String SOURCE = "x-source";

  /** Response header: what the item is called. */
  static final String LABEL = "x-label";

  private Wire() {}
}
