package io.spinforge.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.ProbeResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;

/**
 * The production core in virtual time, with backends that answer in two steps (connection, then
 * answer), each of which needs a turn of the loop, as on a real socket.
 *
 * <p>Between {@link #pause} and its end the loop does not run, but backends do; what they did is
 * seen by the next turn all at once. The order within a turn is the loop's: sockets, then timers.
 */
final class Simulation {
  static final long MILLI = 1_000_000;
  static final long SECOND = 1_000 * MILLI;

  /** How a backend behaves, by the time at which the loop talks to it. */
  interface Backend {
    /** Returns the result, or null for silence. */
    ProbeResult answer(int target, long now);
  }

  final Core<Integer> core;
  final List<Transition<Integer>> transitions = new ArrayList<>();
  final List<Long> starts = new ArrayList<>();
  BiConsumer<Integer, ProbeResult> told = (target, result) -> {};
  private final Backend backend;
  private final SplittableRandom random;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final Map<Slot<Integer>, Long> running = new HashMap<>();
  private final Set<Slot<Integer>> closed = new HashSet<>();
  private long order;
  private long pausedUntil = Long.MIN_VALUE;
  private long wake;
  long now;
  long fixedRtt;
  long hash;

  Simulation(Rules rules, Backend backend, SplittableRandom random) {
    this.core = new Core<>(rules, 0);
    this.backend = backend;
    this.random = random;
    this.wake = 0;
  }

  private record Event(long at, long order, Slot<Integer> slot, long attempt, boolean connected)
      implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  void targets(List<Integer> targets) {
    core.targets(targets, now);
    wake = now;
  }

  /** Stops the loop, from now on, for so long. */
  void pause(long nanos) {
    pausedUntil = now + nanos;
  }

  /** The other side has closed the idle connections to a target. */
  void closeIdle(int target, long idleNanos) {
    Slot<Integer> slot = core.slot(target);
    if (slot != null && !slot.inFlight) {
      core.idleClosed(slot, idleNanos, now);
      wake = now;
    }
  }

  /** Another thread has changed something. */
  void wakeUp() {
    wake = now;
  }

  void runUntil(long end) {
    while (true) {
      Event next = events.peek();
      long at = next != null && next.at < wake ? next.at : wake;
      at = Math.max(Math.max(at, now), pausedUntil);
      if (at > end) {
        now = end;
        return;
      }
      now = at;
      turn();
    }
  }

  private void turn() {
    core.looked(now);
    while (!events.isEmpty() && events.peek().at <= now) {
      happen(events.poll());
    }
    core.timers(now);
    wake = core.plan(now);
    for (Transition<Integer> t : core.takeTransitions()) {
      transitions.add(t);
      hash = hash * 31 + now + t.target() * 7L + t.to().ordinal();
    }
    for (Effect<Integer> effect : core.takeEffects()) {
      perform(effect);
    }
    HealthView<Integer> view = core.view();
    assertThat(view.effective().isEmpty()).isEqualTo(view.size() == view.drained().size());
  }

  private void perform(Effect<Integer> effect) {
    Slot<Integer> slot = effect.slot();
    switch (effect.kind()) {
      case START -> {
        assertThat(closed).doesNotContain(slot);
        assertThat(running.put(slot, effect.attempt())).as("overlapping probes").isNull();
        starts.add(now);
        events.add(new Event(now + rtt(), order++, slot, effect.attempt(), false));
      }
      case EXPIRE -> {
        assertThat(running.remove(slot)).isEqualTo(effect.attempt());
        tell(slot, effect.attempt(), ProbeResult.failed(Failure.TIMEOUT, "no answer"));
        wake = now;
      }
      case CLOSE -> {
        if (slot.gone) {
          closed.add(slot);
        }
        running.remove(slot);
      }
    }
  }

  private void happen(Event event) {
    Slot<Integer> slot = event.slot;
    Long attempt = running.get(slot);
    if (attempt == null || attempt != event.attempt) {
      return;
    }
    ProbeResult answer = backend.answer(slot.value, now);
    if (answer != null && answer.failure() == Failure.REFUSED || event.connected) {
      if (answer != null) {
        running.remove(slot);
        tell(slot, event.attempt, answer);
      }
    } else {
      events.add(new Event(now + rtt(), order++, slot, event.attempt, true));
    }
  }

  private void tell(Slot<Integer> slot, long attempt, ProbeResult result) {
    assertThat(core.result(slot, attempt, result, now)).isNotNegative();
    told.accept(slot.value, result);
  }

  private long rtt() {
    return fixedRtt > 0 ? fixedRtt : random.nextLong(MILLI / 10, 5 * MILLI);
  }
}
