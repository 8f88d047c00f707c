package io.spinforge.metrics.bind;

/** What every binding does. */
final class Bindings {
  private Bindings() {}

  /** Starts a binding, and leaves nothing of it behind if that fails. */
  static Binding start(Binding binding, Runnable start) {
    try {
      start.run();
      return binding;
    } catch (RuntimeException e) {
      binding.close();
      throw e;
    }
  }
}
