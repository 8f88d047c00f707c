package io.spinforge.health;

import static java.util.Objects.requireNonNull;

import io.spinforge.health.Effect.Kind;
import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.ProbeResult;
import io.spinforge.health.probe.Verdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The checker without sockets, threads and clocks: events and the time go in, {@link Effect}s,
 * transitions and views come out. What runs in production is run by the simulation as it is. Not
 * thread-safe.
 *
 * <p><b>Rounds.</b> A target has one timer: its next probe or, while a probe runs, that probe's
 * deadline. So probes of one target never overlap and never queue. {@link Rhythm} places the
 * rounds. While a change is pending, probes follow each other at the fast interval, and give up as
 * soon as they are clearly slower than the target's good ones.
 *
 * <p><b>Own pauses.</b> {@link LocalHealth} sums up the time in which the loop should have looked
 * and did not. A running probe's deadline moves by what was added since its start. Rounds that fell
 * into a pause are dropped, once in a row, instead of being made up for all at once.
 *
 * <p><b>Closed idle connections.</b> The end of a kept connection is no failure, but the first sign
 * of a crash: it starts a confirming probe. If that passes, the server just ends idle connections
 * after that time, and the next such end is expected. If its connection is cut too, that may have
 * come before the kernel closed a dying process's port: one more probe follows in a moment, well
 * before the fast interval has passed, and is refused if so.
 */
final class Core<T> {
  private static final long MILLI = 1_000_000;
  private static final long FAR_NANOS = 3_600_000 * MILLI;
  private static final int MOST_PER_TURN = 512;

  /** Until the port of a process whose connections are closed is closed as well. */
  private static final long DYING_NANOS = 20 * MILLI;

  private final Rules rules;
  private final long interval;
  private final long timeout;
  private final long fast;
  private final long grain;
  private final Rhythm rhythm;
  private final LocalHealth local;
  private final Timers<T> timers = new Timers<>();
  private final Board<T> board;
  private final Tally tally = new Tally();
  private Map<T, Slot<T>> slots = new LinkedHashMap<>();
  private List<Effect<T>> effects = new ArrayList<>();
  private int inFlight;
  private int generation;

  Core(Rules rules, long now) {
    this.rules = rules;
    this.interval = rules.interval().toNanos();
    this.timeout = rules.timeout().toNanos();
    this.fast = rules.fastInterval().toNanos();
    this.grain = Math.max(5 * MILLI, Math.min(50 * MILLI, timeout / 8));
    this.rhythm = new Rhythm(interval, rules.jitter(), rules.seed());
    this.local = new LocalHealth(rules.localHealth(), tally, now);
    this.board = new Board<>(rules, now - FAR_NANOS);
    local.planned(now + FAR_NANOS);
  }

  /** Replaces the targets and publishes. */
  void targets(Collection<? extends T> targets, long now) {
    generation++;
    Map<T, Slot<T>> next = new LinkedHashMap<>(targets.size() * 2);
    List<Slot<T>> fresh = new ArrayList<>();
    for (T target : targets) {
      requireNonNull(target, "targets: null element");
      Slot<T> slot = slots.get(target);
      if (slot == null) {
        slot = new Slot<>(target);
        if (next.putIfAbsent(target, slot) == null) {
          fresh.add(slot);
        }
      } else if (slot.generation != generation) {
        slot.generation = generation;
        next.put(target, slot);
      }
    }
    for (Slot<T> old : slots.values()) {
      if (old.generation != generation) {
        forget(old);
      }
    }
    slots = next;
    next.forEach((target, slot) -> slot.value = target);
    for (Slot<T> slot : fresh) {
      // A few are probed even if the loop comes late; many must not be all at once.
      slot.round = fresh.size() > MOST_PER_TURN;
      slot.generation = generation;
      timers.set(slot, rhythm.first(slot.hash, fresh.size(), now));
    }
    publish(now);
  }

  /** Takes a target out of the effective list and publishes; returns whether it is listed. */
  boolean drain(T target, long now) {
    Slot<T> slot = slots.get(target);
    if (slot == null) {
      return false;
    }
    slot.drained = true;
    publish(now);
    return true;
  }

  /** Stops probing a target and publishes; returns whether it is listed. */
  boolean suspend(T target, long now) {
    Slot<T> slot = slots.get(target);
    if (slot != null && !slot.suspended) {
      slot.suspended = true;
      stop(slot);
      publish(now);
    }
    return slot != null;
  }

  /** Probes a suspended target again, now, and publishes; returns whether it is listed. */
  boolean resume(T target, long now) {
    Slot<T> slot = slots.get(target);
    if (slot != null && slot.suspended) {
      slot.suspended = false;
      slot.round = false;
      timers.set(slot, now);
      publish(now);
    }
    return slot != null;
  }

  /** A target has failed elsewhere. */
  void reported(T target, long now) {
    Slot<T> slot = slots.get(target);
    if (slot != null) {
      confirm(slot, now);
    }
  }

  /** A kept connection was closed by the other side. */
  void idleClosed(Slot<T> slot, long idleNanos, long now) {
    slot.idleEnded = true;
    boolean expected = slot.keepAliveNanos > 0 && idleNanos >= slot.keepAliveNanos / 10 * 9;
    if (!expected && !slot.gone) {
      slot.idleNanos = idleNanos;
      confirm(slot, now);
    }
  }

  /** The loop has looked at its sockets; to be called before anything else in its turn. */
  void looked(long now) {
    if (local.looked(now)) {
      board.changed();
    }
  }

  /** A probe has ended. Returns how long it took in nanoseconds, or -1 if it came too late. */
  long result(Slot<T> slot, long attempt, ProbeResult told, long now) {
    if (slot.gone || !slot.inFlight || attempt != slot.attempt) {
      return -1;
    }
    ProbeResult result = local.judge(told, slot.lateAtStart, slot.timeoutNanos);
    slot.inFlight = false;
    inFlight--;
    slot.last = result;
    slot.lastNanos = now - slot.startedAt;
    slot.endedAt = now;
    slot.idleEnded = false;
    tally.count(result);
    Standing before = slot.standing;
    local.ended(result, before.fit() && !before.pending());
    slot.standing = before.step(result.verdict(), board.rise(slot, result, now), rules.fall());
    boolean dying = slot.idleNanos > 0 && cut(result.failure());
    learn(slot, result.verdict());
    if (slot.standing.status() != before.status()) {
      tally.transitions++;
      board.flip(slot, before, result, now);
    }
    schedule(slot, result.verdict(), now);
    if (dying && slot.standing.pending() && now + DYING_NANOS - slot.due < 0) {
      timers.set(slot, now + DYING_NANOS);
    }
    return slot.lastNanos;
  }

  /** Ends what is overdue and starts what is due; a bounded number of both. */
  void timers(long now) {
    for (int n = 0; n < MOST_PER_TURN; n++) {
      Slot<T> slot = timers.first();
      if (slot == null || slot.due - now > 0) {
        break;
      }
      if (slot.inFlight) {
        expire(slot, now);
      } else {
        begin(slot, now);
      }
    }
    if (board.stale() && board.due(slots.size()) - now <= 0) {
      publish(now);
    }
  }

  /** Returns when the loop must run again, and holds it to that. */
  long plan(long now) {
    long next = now + (inFlight > 0 ? grain : FAR_NANOS);
    Slot<T> first = timers.first();
    if (first != null && first.due - next < 0) {
      next = first.due;
    }
    if (board.stale() && board.due(slots.size()) - next < 0) {
      next = board.due(slots.size());
    }
    local.planned(next);
    return next;
  }

  /** Returns the effects since the last call. */
  List<Effect<T>> takeEffects() {
    List<Effect<T>> taken = effects;
    if (taken.isEmpty()) {
      return List.of();
    }
    effects = new ArrayList<>();
    return taken;
  }

  /** Returns the transitions since the last call. */
  List<Transition<T>> takeTransitions() {
    return board.takeTransitions();
  }

  HealthView<T> view() {
    return board.view();
  }

  Collection<Slot<T>> slots() {
    return slots.values();
  }

  @Nullable Slot<T> slot(T target) {
    return slots.get(target);
  }

  Tally tally() {
    return tally;
  }

  LocalHealth local() {
    return local;
  }

  int inFlight() {
    return inFlight;
  }

  private void forget(Slot<T> slot) {
    slot.gone = true;
    stop(slot);
  }

  private void stop(Slot<T> slot) {
    timers.remove(slot);
    if (slot.inFlight) {
      slot.inFlight = false;
      inFlight--;
    }
    effects.add(new Effect<>(Kind.CLOSE, slot, slot.value, slot.attempt, 0));
  }

  private void begin(Slot<T> slot, long now) {
    long overdue = now - slot.due;
    if (slot.round && !slot.dropped && overdue > Math.max(20 * MILLI, interval / 10)) {
      slot.dropped = true;
      tally.droppedRounds++;
      timers.set(slot, rhythm.next(slot.hash, now - interval / 2, now));
      return;
    }
    if (!slot.idleEnded && now - slot.endedAt > slot.keepAliveNanos / 10 * 11) {
      // The connection has outlived the limit, so there is none of that length.
      slot.keepAliveNanos = 0;
    }
    slot.dropped = false;
    slot.inFlight = true;
    slot.expired = false;
    slot.startedAt = now;
    slot.lateAtStart = tally.lateNanos;
    slot.timeoutNanos = local.stretched(timeoutOf(slot));
    slot.attempt++;
    inFlight++;
    tally.probes++;
    effects.add(new Effect<>(Kind.START, slot, slot.value, slot.attempt, slot.timeoutNanos));
    timers.set(slot, now + slot.timeoutNanos);
  }

  private long timeoutOf(Slot<T> slot) {
    if (slot.standing.failures() == 0 || slot.slowestNanos == 0) {
      return timeout;
    }
    return Math.min(timeout, Math.max(timeout / 5, 4 * slot.slowestNanos));
  }

  private void expire(Slot<T> slot, long now) {
    long deadline = slot.startedAt + slot.timeoutNanos + (tally.lateNanos - slot.lateAtStart);
    if (deadline - now > 0) {
      timers.set(slot, deadline);
    } else if (slot.expired) {
      result(slot, slot.attempt, ProbeResult.failed(Failure.TIMEOUT, "no answer in time"), now);
    } else {
      slot.expired = true;
      effects.add(new Effect<>(Kind.EXPIRE, slot, slot.value, slot.attempt, 0));
      timers.set(slot, now + timeout);
    }
  }

  private void learn(Slot<T> slot, Verdict verdict) {
    boolean passed = verdict == Verdict.HEALTHY || verdict == Verdict.DEGRADED;
    if (passed) {
      slot.slowestNanos = Math.max(slot.lastNanos, slot.slowestNanos - slot.slowestNanos / 8);
    }
    if (slot.idleNanos > 0 && verdict != Verdict.INCONCLUSIVE) {
      slot.keepAliveNanos = passed ? slot.idleNanos : slot.keepAliveNanos;
      slot.idleNanos = 0;
    }
  }

  private void schedule(Slot<T> slot, Verdict verdict, long now) {
    boolean doubt = verdict == Verdict.INCONCLUSIVE && !slot.inconclusive;
    slot.inconclusive = verdict == Verdict.INCONCLUSIVE;
    boolean held = slot.held(now);
    boolean soon = doubt || slot.again || (slot.standing.pending() && !held);
    long due = rhythm.next(slot.hash, slot.startedAt, now);
    if (held && slot.heldUntil() - due < 0) {
      due = slot.heldUntil();
    }
    if (soon) {
      due = slot.startedAt + fast - now > 0 ? slot.startedAt + fast : now;
    } else if (slot.inconclusive && slot.standing.status() == Status.UNKNOWN) {
      // A round may be minutes away, and somebody waits for the first result.
      due = now + timeout - due < 0 ? now + timeout : due;
    }
    if (slot.again) {
      confirmed(slot, due);
    }
    slot.again = false;
    slot.round = !soon;
    timers.set(slot, due);
  }

  private void confirm(Slot<T> slot, long now) {
    if (slot.suspended) {
      return;
    }
    if (slot.inFlight) {
      slot.again = true;
      return;
    }
    long due = slot.confirmedAt + fast;
    if (!slot.everConfirmed || due - now < 0) {
      due = now;
    }
    if (due - slot.due < 0) {
      confirmed(slot, due);
      slot.round = false;
      timers.set(slot, due);
    }
  }

  private static boolean cut(@Nullable Failure failure) {
    return failure == Failure.RESET || failure == Failure.CLOSED || failure == Failure.UNREACHABLE;
  }

  private void confirmed(Slot<T> slot, long due) {
    slot.everConfirmed = true;
    slot.confirmedAt = due;
    tally.confirmations++;
  }

  private void publish(long now) {
    board.publish(slots.values(), local.score(), now);
  }
}
