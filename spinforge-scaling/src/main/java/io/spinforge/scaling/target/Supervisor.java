package io.spinforge.scaling.target;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps as many workers as wanted: a state machine that one thread steps, without blocking.
 *
 * <p>A worker that dies is replaced at once. If its replacement dies too, without having been ready
 * for {@link #STABLE}, the next ones wait 1, 2, 4 … 60 s. A worker that does not become ready in
 * time is killed and counts as one that died. On shrink those without a process go first, then
 * those that are not ready, then the newest. One that was ready is drained, asked to end, and
 * killed if it does not.
 */
final class Supervisor {
  /** Time that a worker has to be ready for its death to be the first in a row. */
  static final Duration STABLE = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
  private static final long FIRST_WAIT = Duration.ofSeconds(1).toNanos();
  private static final long LONGEST_WAIT = Duration.ofSeconds(60).toNanos();

  private static final Comparator<Slot> FIRST_TO_GO =
      Comparator.comparing((Slot slot) -> slot.state)
          .thenComparing(slot -> slot.order, Comparator.reverseOrder());

  private final String name;
  private final Launcher launcher;
  private final IntSupplier freePort;
  private final LongSupplier ticker;
  private final Consumer<WorkerEvent> events;
  private final long startTimeout;
  private final long grace;

  private final List<Slot> slots = new ArrayList<>();
  private final List<Slot> leaving = new ArrayList<>();
  private long launched;

  Supervisor(
      String name,
      Launcher launcher,
      IntSupplier freePort,
      LongSupplier ticker,
      Consumer<WorkerEvent> events,
      Duration startTimeout,
      Duration grace) {
    this.name = name;
    this.launcher = launcher;
    this.freePort = freePort;
    this.ticker = ticker;
    this.events = events;
    this.startTimeout = startTimeout.toNanos();
    this.grace = grace.toNanos();
  }

  /** A place in the pool and, most of the time, the process in it. */
  private static final class Slot {
    final int number;
    long order;
    WorkerContext context;
    @Nullable Child child;
    Worker.State state = Worker.State.WAITING;
    int failures;
    long due; // of the next launch while waiting, of the next measure while starting or leaving
    long readyAt;
    boolean killed;

    Slot(int number, WorkerContext context, long due) {
      this.number = number;
      this.context = context;
      this.due = due;
    }

    Worker view() {
      Child process = child;
      return new Worker(
          number,
          context.id(),
          context.port(),
          process == null ? -1 : process.pid(),
          state,
          process == null ? Instant.EPOCH : process.startedAt());
    }
  }

  /** Takes one step towards {@code desired} workers. */
  void step(int desired) {
    long now = ticker.getAsLong();
    for (Slot slot : slots) {
      watch(slot, now);
    }
    resize(desired, now);
    for (Slot slot : slots) {
      if (slot.state == Worker.State.WAITING && now - slot.due >= 0) {
        launch(slot, now);
      }
    }
    for (Iterator<Slot> i = leaving.iterator(); i.hasNext(); ) {
      if (left(i.next(), now)) {
        i.remove();
      }
    }
  }

  /** Returns all workers, those that are leaving included, by slot. */
  List<Worker> workers() {
    List<Worker> workers = new ArrayList<>(slots.size() + leaving.size());
    slots.forEach(slot -> workers.add(slot.view()));
    leaving.forEach(slot -> workers.add(slot.view()));
    workers.sort(Comparator.comparingInt(Worker::slot));
    return List.copyOf(workers);
  }

  /** Tells whether something is under way, so that the next step should come soon. */
  boolean busy() {
    return !leaving.isEmpty() || slots.stream().anyMatch(slot -> slot.state != Worker.State.READY);
  }

  /** Kills everything at once. */
  void killAll() {
    slots.forEach(Supervisor::kill);
    leaving.forEach(Supervisor::kill);
  }

  private static void kill(Slot slot) {
    Child child = slot.child;
    if (child != null) {
      child.kill();
    }
  }

  private void watch(Slot slot, long now) {
    Child child = slot.child;
    if (child == null) {
      return;
    }
    if (!child.alive()) {
      boolean stable = slot.state == Worker.State.READY && now - slot.readyAt >= STABLE.toNanos();
      WorkerEvent.Type type = slot.killed ? WorkerEvent.Type.NEVER_READY : WorkerEvent.Type.DIED;
      failed(slot, stable, now);
      tell(slot, type, child.exit() + again(slot, now));
    } else if (slot.state == Worker.State.STARTING && child.ready()) {
      slot.state = Worker.State.READY;
      slot.readyAt = now;
      tell(slot, WorkerEvent.Type.READY, "");
    } else if (slot.state == Worker.State.STARTING && !slot.killed && now - slot.due >= 0) {
      slot.killed = true;
      child.kill();
    }
  }

  private static String again(Slot slot, long now) {
    long wait = slot.due - now;
    return wait <= 0 ? "" : ", next start in " + Duration.ofNanos(wait).toMillis() + " ms";
  }

  private void failed(Slot slot, boolean stable, long now) {
    slot.child = null;
    slot.killed = false;
    slot.state = Worker.State.WAITING;
    slot.failures = stable ? 1 : slot.failures + 1;
    int doublings = Math.min(slot.failures - 2, 6);
    slot.due = now + (doublings < 0 ? 0 : Math.min(LONGEST_WAIT, FIRST_WAIT << doublings));
  }

  @SuppressWarnings("IllegalCatch") // the host's command function may throw anything
  private void launch(Slot slot, long now) {
    slot.order = ++launched;
    try {
      slot.context = new WorkerContext(slot.number, name + "-" + launched, port());
      slot.child = launcher.launch(slot.context);
      slot.state = Worker.State.STARTING;
      slot.due = now + startTimeout;
      tell(slot, WorkerEvent.Type.STARTED, "");
    } catch (IOException | RuntimeException e) {
      failed(slot, false, now);
      tell(slot, WorkerEvent.Type.LAUNCH_FAILED, e + again(slot, now));
    }
  }

  /** Finds a port that no worker of this pool has. */
  private int port() {
    for (int tries = 0; tries < 100; tries++) {
      int port = freePort.getAsInt();
      boolean given =
          slots.stream().anyMatch(slot -> slot.context.port() == port)
              || leaving.stream().anyMatch(slot -> slot.context.port() == port);
      if (!given) {
        return port;
      }
    }
    throw new IllegalStateException("no free port that no worker has");
  }

  private void resize(int desired, long now) {
    while (slots.size() > desired) {
      Slot slot = slots.stream().min(FIRST_TO_GO).orElseThrow();
      slots.remove(slot);
      leave(slot, now);
    }
    while (slots.size() < desired) {
      int number = 0;
      while (taken(number)) {
        number++;
      }
      slots.add(new Slot(number, new WorkerContext(number, name + "-" + number, 0), now));
    }
  }

  private boolean taken(int number) {
    return slots.stream().anyMatch(slot -> slot.number == number)
        || leaving.stream().anyMatch(slot -> slot.number == number);
  }

  private void leave(Slot slot, long now) {
    Child child = slot.child;
    if (child == null) {
      return;
    }
    leaving.add(slot);
    if (slot.state == Worker.State.READY) {
      slot.state = Worker.State.DRAINING;
      slot.due = now + grace;
      tell(slot, WorkerEvent.Type.DRAINING, "");
    } else {
      terminate(slot, child, now);
    }
  }

  private void terminate(Slot slot, Child child, long now) {
    slot.state = Worker.State.STOPPING;
    slot.due = now + grace;
    child.terminate();
  }

  /** Moves a leaving worker on; tells whether it is gone. */
  private boolean left(Slot slot, long now) {
    Child child = slot.child;
    if (child == null) {
      return true;
    }
    if (!child.alive()) {
      tell(slot, slot.killed ? WorkerEvent.Type.KILLED : WorkerEvent.Type.STOPPED, child.exit());
      return true;
    }
    if (slot.state == Worker.State.DRAINING && (child.drained() || now - slot.due >= 0)) {
      terminate(slot, child, now);
    } else if (slot.state == Worker.State.STOPPING && !slot.killed && now - slot.due >= 0) {
      slot.killed = true;
      child.kill();
    }
    return false;
  }

  @SuppressWarnings("IllegalCatch") // the host's code may throw anything
  private void tell(Slot slot, WorkerEvent.Type type, String detail) {
    WorkerEvent event = new WorkerEvent(slot.view(), type, detail);
    switch (type) {
      case DIED, LAUNCH_FAILED, NEVER_READY, KILLED ->
          LOG.warn("Pool {}: worker {} {}: {}", name, slot.context.id(), type, detail);
      default -> LOG.info("Pool {}: worker {} {}", name, slot.context.id(), type);
    }
    try {
      events.accept(event);
    } catch (RuntimeException e) {
      LOG.warn("Pool {}: the consumer of events failed", name, e);
    }
  }
}
