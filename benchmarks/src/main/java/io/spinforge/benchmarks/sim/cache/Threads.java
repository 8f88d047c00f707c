package io.spinforge.benchmarks.sim.cache;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** The simulation's threads: virtual ones where the JVM has them, as they switch faster. */
final class Threads {
  private static final @Nullable MethodHandle VIRTUAL = virtual();

  private Threads() {}

  static Thread unstarted(Runnable task) {
    if (VIRTUAL != null) {
      try {
        return (Thread) VIRTUAL.invoke(task);
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }
    Thread thread = new Thread(task, "simulation");
    thread.setDaemon(true);
    return thread;
  }

  private static @Nullable MethodHandle virtual() {
    try {
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      Class<?> builder = Class.forName("java.lang.Thread$Builder$OfVirtual");
      Object made =
          lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(builder)).invoke();
      return lookup
          .findVirtual(builder, "unstarted", MethodType.methodType(Thread.class, Runnable.class))
          .bindTo(made);
    } catch (Throwable e) {
      return null;
    }
  }
}
