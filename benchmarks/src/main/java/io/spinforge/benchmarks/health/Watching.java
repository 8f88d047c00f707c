package io.spinforge.benchmarks.health;

import java.io.IOException;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;

/** A health checker of some make, with the settings that all of them have. */
interface Watching extends AutoCloseable {

  /** What makes there are. */
  enum Make {
    /** This project's. */
    SPINFORGE,
    /** One thread, timers before sockets. */
    NAIVE,
    /** Armeria's group of endpoints. */
    ARMERIA;

    static Make of(String name) {
      return valueOf(name.toUpperCase(Locale.ROOT));
    }
  }

  /**
   * What all makes are told.
   *
   * @param fall failures in a row, where the make counts them
   */
  record Settings(long intervalMillis, long timeoutMillis, int fall) {}

  /**
   * Starts to check.
   *
   * @param changed hears a target and whether it is fit from now on, on any thread
   */
  static Watching start(
      Make make, Settings settings, List<URI> targets, BiConsumer<URI, Boolean> changed) {
    return switch (make) {
      case SPINFORGE -> new SpinForgeWatching(settings, targets, changed);
      case NAIVE -> new NaiveWatching(settings, targets, changed);
      case ARMERIA -> new ArmeriaWatching(settings, targets, changed);
    };
  }

  /** Starts a server with so many ports whose answers take so long. */
  static Child targets(int ports, long delayMillis) throws IOException {
    return new Child(Targets.class, Integer.toString(ports), Long.toString(delayMillis));
  }

  /** Returns what is asked at a port. */
  static URI uri(int port) {
    return URI.create("http://127.0.0.1:" + port + "/health");
  }

  /** Returns whom requests would be sent to. */
  Collection<URI> offered();

  @Override
  void close();
}
