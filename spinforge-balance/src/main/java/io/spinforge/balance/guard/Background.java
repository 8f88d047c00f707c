package io.spinforge.balance.guard;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The few threads that a hedge or a remote limit needs, one set for the whole JVM: a choice needs
 * none. All are daemons, are started by the first who needs them, and end by themselves ten seconds
 * after the last one did, so nothing has to be closed. Never the common pool.
 */
public final class Background {
  private static final int IDLE_SECONDS = 10;
  private static final int WORKERS = 64;

  private Background() {}

  /** Returns the timer: one thread, for tasks that do not block. */
  public static ScheduledExecutorService timer() {
    return Timer.INSTANCE;
  }

  /**
   * Returns threads for work that blocks: virtual ones where the JVM has them, else at most {@value
   * #WORKERS}, and whoever comes when all are busy is refused.
   */
  public static Executor workers() {
    return Workers.INSTANCE;
  }

  private static ThreadFactory daemons(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  private static final class Timer {
    static final ScheduledExecutorService INSTANCE = create();

    private static ScheduledExecutorService create() {
      ScheduledThreadPoolExecutor timer =
          new ScheduledThreadPoolExecutor(1, daemons("spinforge-balance-timer"));
      timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
      timer.allowCoreThreadTimeOut(true);
      timer.setRemoveOnCancelPolicy(true); // most hedges are cancelled before their time
      return timer;
    }
  }

  private static final class Workers {
    static final Executor INSTANCE = create();

    private static Executor create() {
      try {
        return (Executor) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
      } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
        return new ThreadPoolExecutor(
            0,
            WORKERS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            daemons("spinforge-balance-worker"));
      }
    }
  }
}
