package io.spinforge.cache;

import io.spinforge.cache.memory.Bans;
import io.spinforge.cache.memory.Partition;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * What a manager stands on: its threads, and how they wait. A simulation puts its own in place and
 * so runs the code that runs in production.
 */
class Surroundings {
  /** Returns the manager's one timer thread. */
  ScheduledExecutorService scheduler(String name) {
    ScheduledThreadPoolExecutor scheduler =
        new ScheduledThreadPoolExecutor(
            1,
            LoaderThreads.daemons("spinforge-cache-" + name),
            new ThreadPoolExecutor.DiscardPolicy()); // late answers after close
    scheduler.setRemoveOnCancelPolicy(true);
    return scheduler;
  }

  /** Runs a task that may block in a thread of its own. */
  void inThread(Runnable task) {
    LoaderThreads.daemons("spinforge-cache-recovery").newThread(task).start();
  }

  /** Returns a future whose {@code newIncompleteFuture()} makes those that threads wait on. */
  CompletableFuture<?> waits() {
    return new CompletableFuture<>();
  }

  /** Returns the list of what is invalidated otherwise than by key. */
  Bans bans() {
    return new Bans();
  }

  /** Returns a partition of memory that is live until {@code liveUntil}. */
  Partition partition(long liveUntil, Bans bans) {
    return new Partition(liveUntil, bans);
  }
}
