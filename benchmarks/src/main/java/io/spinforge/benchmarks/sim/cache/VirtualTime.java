package io.spinforge.benchmarks.sim.cache;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs events in the order of virtual time, one at a time, whatever thread they are on.
 *
 * <p>Production code that waits needs a stack of its own, so each task that may wait runs on one of
 * a crew of threads. One baton goes round: who has it takes events from the queue. A task that
 * waits goes on taking events where it waits, until the event comes that resumes it; one that
 * resumes another task hands over the baton. So one thread runs at a time, everything follows from
 * the seed, and most waits cost no switch of threads.
 */
final class VirtualTime {
  static final boolean TRACE = Boolean.getBoolean("simulation.trace");
  private static final long STUCK_NANOS = 300_000_000_000L;

  private final EventQueue queue = new EventQueue();
  private final Crew crew;
  private final Thread owner = Thread.currentThread();
  private final List<Worker> waiting = new ArrayList<>();
  private long now;
  private long order;
  private long end;
  private int inEvent;
  private long trace = 1;
  private boolean killing;
  private volatile boolean ended;
  private @Nullable Throwable failure;

  /** The threads, kept from one schedule to the next. */
  static final class Crew {
    private final ArrayDeque<Worker> idle = new ArrayDeque<>();

    Worker take() {
      Worker worker = idle.pollLast();
      return worker != null ? worker : new Worker(this);
    }
  }

  /** A host that can be paused: none of its events happens meanwhile. */
  static class Host {
    long pausedUntil;
  }

  VirtualTime(Crew crew) {
    this.crew = crew;
  }

  long now() {
    return now;
  }

  /** Returns a number greater than all before: the order of everything that happens. */
  long mark() {
    return ++order;
  }

  /** Notes what happens for {@link #hash}. */
  void note(long what) {
    trace = 31 * trace + what;
  }

  /** Returns a hash of all that has happened: the same for the same seed, wherever it is played. */
  long hash() {
    return trace;
  }

  /** Prints what happens, if {@code -Dsimulation.trace} asks for it. */
  void trace(String format, Object... args) {
    if (TRACE) {
      System.out.printf("%10.3f ms  ", now / 1e6);
      System.out.printf(format + "%n", args);
    }
  }

  /** Lets something short happen, {@code delay} from now. */
  Event post(@Nullable Host host, long delay, Runnable task) {
    return add(new Event(now + Math.max(0, delay), mark(), host, task, null, 0, false));
  }

  /** Lets something happen that may wait. */
  void start(@Nullable Host host, long delay, Runnable task) {
    add(new Event(now + Math.max(0, delay), mark(), host, task, null, 0, true));
  }

  /** Runs everything until {@code until}; rethrows what a task or an event threw. */
  void run(long until) {
    end = until;
    ended = false;
    Worker first = crew.take();
    first.pass(this, null);
    long started = System.nanoTime();
    while (!ended) {
      LockSupport.parkNanos(this, STUCK_NANOS);
      if (!ended && System.nanoTime() - started > STUCK_NANOS) {
        throw new IllegalStateException("a thread waits for something that is not simulated");
      }
    }
    Throwable thrown = failure;
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown != null) {
      throw new IllegalStateException(thrown);
    }
  }

  /** Ends the tasks that still wait; returns how many there were. */
  int kill() {
    int left = waiting.size();
    killing = true;
    while (!waiting.isEmpty()) {
      Worker worker = waiting.get(waiting.size() - 1);
      ended = false;
      worker.pass(this, null);
      while (!ended) {
        LockSupport.parkNanos(this, STUCK_NANOS);
      }
    }
    return left;
  }

  /** Waits for a future, {@code nanos} at most; false if it is not complete then. */
  boolean await(CompletableFuture<?> future, long nanos) {
    if (killing) {
      throw new Killed();
    }
    if (future.isDone()) {
      return true;
    }
    if (inEvent > 0) {
      throw new IllegalStateException("an event must not wait");
    }
    Worker me = Worker.current();
    long id = ++me.waitId;
    Host host = me.host;
    var unused = future.whenComplete((value, thrown) -> resume(me, id, host, 0));
    if (nanos < Long.MAX_VALUE / 4) {
      resume(me, id, host, nanos);
    }
    waiting.add(me);
    drive(me, id);
    waiting.remove(me);
    me.waitId++;
    if (killing) {
      throw new Killed();
    }
    return future.isDone();
  }

  /** Lets virtual time pass for the task that calls it. */
  void sleep(long nanos) {
    await(new CompletableFuture<>(), nanos);
  }

  private void resume(Worker worker, long id, @Nullable Host host, long delay) {
    add(new Event(now + Math.max(0, delay), mark(), host, null, worker, id, false));
  }

  private Event add(Event event) {
    queue.add(event);
    return event;
  }

  /** Takes events until the wait {@code id} of {@code me} is over, or for ever if it is 0. */
  private void drive(Worker me, long id) {
    while (true) {
      if (killing && id == 0) {
        finish(me);
        return;
      }
      Event event = queue.peek();
      if (event == null || event.at > end || failure != null) {
        finish(me);
        if (id == 0) {
          return;
        }
        me.park(); // resumed in another run(), or killed
        return;
      }
      queue.remove();
      if (event.cancelled) {
        continue;
      }
      if (event.host != null && event.host.pausedUntil > event.at) {
        event.at = event.host.pausedUntil;
        queue.add(event);
        continue;
      }
      now = Math.max(now, event.at);
      note(now);
      note(event.order);
      if (event.worker != null) {
        if (event.worker.waitId != event.waitId) {
          continue; // that wait is over
        }
        if (event.worker == me && event.waitId == id) {
          return;
        }
        handOver(me, id, event.worker, null);
        return;
      } else if (event.blocking) {
        if (id == 0) {
          perform(me, event);
        } else {
          handOver(me, id, crew.take(), event);
          return;
        }
      } else {
        happen(event);
      }
    }
  }

  private void handOver(Worker me, long id, Worker to, @Nullable Event event) {
    if (id == 0) {
      crew.idle.add(me);
      to.pass(this, event);
    } else {
      to.pass(this, event);
      me.park();
    }
  }

  private void happen(Event event) {
    inEvent++;
    try {
      event.task().run();
    } catch (Throwable e) {
      fail(e);
    } finally {
      inEvent--;
    }
  }

  private void perform(Worker me, Event event) {
    me.host = event.host;
    try {
      event.task().run();
    } catch (Killed e) {
      return;
    } catch (Throwable e) {
      fail(e);
    }
  }

  void fail(Throwable e) {
    if (failure == null && !killing) {
      failure = e;
    }
  }

  /** Gives the baton back to the thread that called {@link #run}. */
  private void finish(Worker me) {
    if (!waiting.contains(me)) {
      crew.idle.add(me);
    }
    ended = true;
    LockSupport.unpark(owner);
  }

  /** Something at a moment. */
  static final class Event {
    private final long order;
    private final @Nullable Host host;
    private final @Nullable Runnable task;
    private final @Nullable Worker worker;
    private final long waitId;
    private final boolean blocking;
    private long at;
    private boolean cancelled;

    Event(
        long at,
        long order,
        @Nullable Host host,
        @Nullable Runnable task,
        @Nullable Worker worker,
        long waitId,
        boolean blocking) {
      this.at = at;
      this.order = order;
      this.host = host;
      this.task = task;
      this.worker = worker;
      this.waitId = waitId;
      this.blocking = blocking;
    }

    void cancel() {
      cancelled = true;
    }

    Runnable task() {
      if (task == null) {
        throw new IllegalStateException("resumes a task, has none");
      }
      return task;
    }

    boolean isBefore(Event other) {
      return at != other.at ? at < other.at : order < other.order;
    }
  }

  /** A thread of the crew. */
  static final class Worker implements Runnable {
    private static final ThreadLocal<Worker> CURRENT = new ThreadLocal<>();

    private final Crew crew;
    private final Thread thread;
    private long waitId;
    private @Nullable Host host;
    private @Nullable Event event;
    private @Nullable VirtualTime time;

    // Set by who passes the baton, taken by this thread: what was written before is seen after.
    private volatile boolean baton;

    Worker(Crew crew) {
      this.crew = crew;
      this.thread = Threads.unstarted(this);
      thread.start();
    }

    static Worker current() {
      Worker worker = CURRENT.get();
      if (worker == null) {
        throw new IllegalStateException("only a simulated task may wait");
      }
      return worker;
    }

    void pass(VirtualTime time, @Nullable Event event) {
      this.time = time;
      this.event = event;
      this.baton = true;
      LockSupport.unpark(thread);
    }

    void park() {
      boolean interrupted = false; // kept for the task: a parked thread that has it would spin
      while (!baton) {
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
      baton = false;
      if (interrupted) {
        thread.interrupt();
      }
    }

    @Override
    public void run() {
      CURRENT.set(this);
      while (true) {
        park();
        VirtualTime now = time;
        if (now == null) {
          return;
        }
        Event given = event;
        event = null;
        waitId++;
        if (given != null) {
          now.perform(this, given);
        }
        now.drive(this, 0);
      }
    }

    Crew crew() {
      return crew;
    }
  }

  /** Ends a task that waits when the schedule is over. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("the schedule is over", null, false, false);
    }
  }
}
