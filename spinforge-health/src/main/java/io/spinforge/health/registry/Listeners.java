package io.spinforge.health.registry;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Who is told, and on which thread.
 *
 * @param executor calls the listeners
 * @param listener hears of the registry as a whole; null if nobody asked to
 * @param end what to do when the registry closes
 */
record Listeners(Executor executor, @Nullable RegistryListener listener, Runnable end) {

  /** Returns listeners on the host's executor or, if it gave none, on a daemon thread of ours. */
  static Listeners of(
      @Nullable Executor executor, @Nullable RegistryListener listener, String threadName) {
    if (executor != null) {
      return new Listeners(executor, listener, () -> {});
    }
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, threadName);
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true); // it is there only while there is something to tell
    return new Listeners(pool, listener, pool::shutdown);
  }
}
