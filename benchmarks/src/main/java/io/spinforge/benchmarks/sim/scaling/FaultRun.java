package io.spinforge.benchmarks.sim.scaling;

import io.spinforge.benchmarks.sim.scaling.FaultyFleet.Answer;
import io.spinforge.scaling.ApplyResult;
import io.spinforge.scaling.Autoscaler;
import io.spinforge.scaling.AutoscalerBuilder;
import io.spinforge.scaling.Constraint;
import io.spinforge.scaling.Decision;
import io.spinforge.scaling.PredictivePolicy;
import io.spinforge.scaling.ReactivePolicy;
import io.spinforge.scaling.ScalingRules;
import io.spinforge.scaling.Signal;
import io.spinforge.scaling.StartupTime;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One seed: two schedulers of one name over one fleet, for so many ticks. */
final class FaultRun {
  private static final int MIN = 2;
  private static final int MAX = 24;
  private static final List<Duration> JUMPS =
      List.of(
          Duration.ofHours(1), Duration.ofHours(-1), Duration.ofDays(365), Duration.ofDays(-365));

  private static final List<Answer> ANSWERS = List.of(Answer.values());

  private final SplittableRandom random;
  private final Planted planted;
  private final Duration interval;
  private final Duration window;
  private final boolean predictive;

  /** Whether what is needed again soon stays; without it there is more to go wrong. */
  private final boolean keeping;

  private final int policy;

  /** How many times rarer faults are than in the wildest runs. */
  private final int calm;

  private final FaultyFleet fleet;
  private final FaultyHistory history = new FaultyHistory();
  private final List<Scheduler> schedulers = new ArrayList<>();
  private Instant now;
  private long fence;
  private long fenceTaken;
  private int leader;
  private long hash = 17;
  private long steps;

  final List<String> unsafe = new ArrayList<>();
  final Map<Fault, Long> faults = new EnumMap<>(Fault.class);
  long actions;
  long shrunk;

  /** What went wrong, for the statistics. */
  enum Fault {
    LEADER_LOSS,
    CLOCK,
    DAYLIGHT_SAVING,
    NOT_A_NUMBER,
    STALE,
    HIDDEN,
    FAILED_SOURCE,
    UNREADABLE_TARGET,
    CONFLICT,
    PARTLY_APPLIED,
    LOST_ANSWER,
    LATE_WRITE,
    FOREIGN_WRITER,
    STORE_AWAY,
    RESTART
  }

  private final class Scheduler {
    final FaultyFleet.View view = fleet.new View();
    final ScriptedLease lease = new ScriptedLease();
    Duration off = Duration.ZERO;
    Autoscaler scaler = build(this);
    @Nullable Instant last;
    Instant ledSince = Instant.MIN;
    boolean filled;

    /** The number that it has left; −1 if it cannot know. */
    int expected = -1;

    /** The number that it may have left as well, by a write whose answer was lost; or −1. */
    int alternative = -1;

    /** Ticks for which somebody else's number forbids it to act. */
    int held;

    Instant clock() {
      return now.plus(off);
    }
  }

  FaultRun(long seed, Planted planted) {
    this.planted = planted;
    random = new SplittableRandom(seed);
    predictive = random.nextInt(3) > 0;
    interval = Duration.ofMinutes(predictive ? 5 : 1);
    window = Duration.ofMinutes(random.nextInt(3) * 5L);
    policy = random.nextInt(3);
    calm = 1 + 3 * random.nextInt(4);
    keeping = random.nextBoolean();
    // Twelve hours before a change of the clock in Berlin, in spring or in autumn.
    now = Instant.parse(random.nextBoolean() ? "2026-03-28T12:00:00Z" : "2026-10-24T12:00:00Z");
    fleet = new FaultyFleet(random, planted, 4, now);
    schedulers.add(new Scheduler());
    schedulers.add(new Scheduler());
    give(0);
  }

  private Autoscaler build(Scheduler scheduler) {
    AutoscalerBuilder builder =
        Autoscaler.named("simulated")
            .target(scheduler.view)
            .signal(Signal.utilization(scheduler.view::samples, 0.70))
            .limits(MIN, MAX)
            .interval(interval)
            .zone(ZoneId.of("Europe/Berlin"))
            .startup(StartupTime.fixed(interval.multipliedBy(2)))
            .behavior(ScalingRules.up().build(), ScalingRules.down().stabilization(window).build())
            .clock(scheduler::clock)
            .ticker(() -> Duration.between(Instant.EPOCH, now).toNanos())
            .history(history)
            .lease(scheduler.lease)
            .reactive(
                switch (policy) {
                  case 0 -> ReactivePolicy.proportional();
                  case 1 -> ReactivePolicy.thresholds();
                  default -> ReactivePolicy.panicking(interval.multipliedBy(3));
                });
    if (planted == Planted.STALE_SAMPLE_ACCEPTED) {
      builder.staleAfter(interval.multipliedBy(100));
    }
    if (predictive) {
      PredictivePolicy forecast = PredictivePolicy.overload(0.01);
      builder.predictive(keeping ? forecast : forecast.breakEven(Duration.ZERO));
    }
    return builder.build();
  }

  private void give(int index) {
    leader = index;
    schedulers.get(1 - index).lease.take();
    Scheduler chosen = schedulers.get(index);
    chosen.lease.give(++fence);
    chosen.ledSince = now;
    chosen.held = 0;
    chosen.expected = -1;
  }

  private boolean odds(int oneIn) {
    return random.nextInt(oneIn) == 0;
  }

  private boolean odds(int oneIn, Fault fault) {
    boolean hit = odds(oneIn * calm);
    if (hit) {
      faults.merge(fault, 1L, Long::sum);
    }
    return hit;
  }

  /** Plays so many ticks; returns a hash of all decisions. */
  long play(int ticks) {
    while (steps < ticks && unsafe.size() < 5) {
      Instant before = now;
      now = now.plus(interval);
      ZoneId zone = ZoneId.of("Europe/Berlin");
      if (!zone.getRules().getOffset(before).equals(zone.getRules().getOffset(now))) {
        faults.merge(Fault.DAYLIGHT_SAVING, 1L, Long::sum);
      }
      fleet.step(now, demand());
      judgeLate();
      world();
      for (Scheduler scheduler : schedulers) {
        tick(scheduler);
        steps++;
      }
    }
    return hash;
  }

  private double demand() {
    double hour = Math.floorMod(now.getEpochSecond(), 86_400L) / 3600.0;
    double day = 8 - 6 * Math.cos(2 * Math.PI * hour / 24);
    double noise = 1 + 0.2 * (random.nextDouble() - 0.5);
    return Math.min(20, day * noise * (odds(200) ? 2.5 : 1));
  }

  private void world() {
    if (odds(60, Fault.FOREIGN_WRITER)) {
      fleet.foreign(random.nextInt(-2, MAX + 6));
    } else if ((fleet.desired < MIN || fleet.desired > MAX) && odds(4)) {
      fleet.foreign(random.nextInt(MIN, MAX)); // a person repairs it
    }
    history.away = history.away ? !odds(10) : odds(40, Fault.STORE_AWAY);
    history.unanswered = odds(30);
    // More often while a write is on its way: then it matters.
    if (odds(fleet.isWriting() ? 5 : 50, Fault.LEADER_LOSS)) {
      switch (random.nextInt(3)) {
        case 0 -> schedulers.get(leader).lease.take();
        case 1 -> schedulers.get(leader).lease.endAfter(random.nextInt(4));
        default -> give(1 - leader);
      }
    } else if (schedulers.stream().allMatch(s -> s.lease.fence().isEmpty()) && odds(4)) {
      give(random.nextInt(2));
    }
  }

  private void tick(Scheduler s) {
    s.view.heal();
    if (odds(150, Fault.RESTART)) {
      s.scaler.close(); // gives the lease back
      s.scaler = build(s);
      s.last = null;
      s.filled = false;
      s.held = 0;
      s.expected = -1;
    }
    if (s.off.isZero() ? odds(80, Fault.CLOCK) : odds(12, Fault.CLOCK)) {
      s.off = s.off.isZero() ? JUMPS.get(random.nextInt(JUMPS.size())) : Duration.ZERO;
    }
    faults(s.view);
    if (odds(6)) {
      s.scaler.sync();
    }
    s.filled |= s.scaler.historyStats().orElseThrow().filled();
    Instant clock = s.clock();
    Instant last = s.last;
    boolean jump =
        last != null
            && (clock.isBefore(last)
                || Duration.between(last, clock).compareTo(interval.multipliedBy(2)) > 0);
    s.last = clock;
    boolean foreignStale = s.off.abs().compareTo(interval.multipliedBy(3)) > 0;
    boolean blind = s.view.blind(interval.multipliedBy(3)) || foreignStale;
    int before = fleet.desired;
    int writes = fleet.writes.size();
    boolean sees = !s.view.unreadable && before >= 0 && before <= MAX;
    boolean own = before == s.expected || before == s.alternative;
    if (sees && before != 0 && s.expected > 0 && !own) {
      s.held = 3;
      s.alternative = -1;
    }
    Decision decision = s.scaler.tick(planted == Planted.CLOCK_JUMP_IGNORED ? now : clock);
    hash = hash * 31 + decision.digest().hashCode() + decision.desired();
    if (s.view.asked > 1) {
      unsafe("more than one write in a tick", decision);
    }
    for (FaultyFleet.Write write : fleet.writes.subList(writes, fleet.writes.size())) {
      judge(s, decision, write, jump, blind, before);
    }
    if (sees) {
      s.held = Math.max(0, s.held - 1);
      remember(s, decision, before);
    }
  }

  private static void remember(Scheduler s, Decision decision, int before) {
    if (s.lease.fence().isEmpty()) {
      s.expected = -1;
      s.alternative = -1;
    } else if (decision.applied() instanceof ApplyResult.Unknown) {
      s.expected = before;
      s.alternative = decision.desired();
    } else if (decision.applied() instanceof ApplyResult.Applied applied) {
      s.expected = applied.desired();
      s.alternative = -1;
    } else if (before == 0
        || s.held > 0
        || s.expected <= 0) { // zero is a person's, coming and going
      s.expected = before;
    }
  }

  private void faults(FaultyFleet.View view) {
    view.unreadable = odds(40, Fault.UNREADABLE_TARGET);
    view.failed = odds(40, Fault.FAILED_SOURCE);
    view.broken = odds(30, Fault.NOT_A_NUMBER);
    view.nonsense =
        List.of(Double.NaN, -3.0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY)
            .get(random.nextInt(4));
    view.age = odds(30, Fault.STALE) ? interval.multipliedBy(4) : Duration.ZERO;
    view.hidden = fleet.ready > 1 && odds(30, Fault.HIDDEN) ? 1 + random.nextInt(fleet.ready) : 0;
    view.missing = odds(20) ? random.nextInt(3) : 0;
    view.answer = odds(6) ? ANSWERS.get(random.nextInt(ANSWERS.size())) : Answer.TAKEN;
    @Nullable Fault fault =
        switch (view.answer) {
          case CONFLICT, REFUSED -> Fault.CONFLICT;
          case LOST, UNANSWERED -> Fault.LOST_ANSWER;
          case LATE -> Fault.LATE_WRITE;
          case PARTLY -> Fault.PARTLY_APPLIED;
          case TAKEN -> null;
        };
    if (fault != null) {
      faults.merge(fault, 1L, Long::sum);
    }
  }

  private void judgeLate() {
    for (FaultyFleet.Write write : fleet.writes) {
      long its = write.fence().orElse(-1);
      if (its < fenceTaken) {
        unsafe.add("step " + steps + ": a write by fence " + its + " after " + fenceTaken);
      }
      fenceTaken = Math.max(fenceTaken, its);
      if (write.unseen()) {
        unsafe.add("step " + steps + ": a late write over one that it has not seen, " + write);
      }
      if (write.to() < MIN || write.to() > MAX) {
        unsafe.add("step " + steps + ": a late write outside the limits, " + write);
      }
    }
  }

  private void judge(
      Scheduler s,
      Decision decision,
      FaultyFleet.Write write,
      boolean jump,
      boolean blind,
      int before) {
    actions++;
    long its = write.fence().orElse(-1);
    check(its >= 0, "a write without a fence", decision);
    check(its >= fenceTaken, "a write by a fence of the past", decision);
    fenceTaken = Math.max(fenceTaken, its);
    check(!write.unseen(), "a write over one that it has not seen", decision);
    check(write.to() >= MIN && write.to() <= MAX, "outside the limits", decision);
    check(!jump, "a change across a jump of the clock", decision);
    check(!s.view.unreadable, "a change of what could not be read", decision);
    check(before > 0 && before <= MAX, "a change of a zero or of nonsense", decision);
    check(s.held == 0, "a change against a foreign writer", decision);
    check(decision.constraint() != Constraint.PAUSED, "a change in a pause", decision);
    if (write.to() >= before) {
      return;
    }
    shrunk++;
    check(!blind, "a shrink on incomplete data", decision);
    double least = Math.min(before, fleet.demand);
    check(write.to() >= Math.floor(least), "a shrink below the demand of now", decision);
    Duration led = Duration.between(s.ledSince, now);
    check(led.compareTo(window) >= 0, "a shrink by a new leader", decision);
    boolean proven = decision.forecast() != null && decision.forecast().proven();
    check(!predictive || s.filled || proven, "a shrink before the history was read", decision);
  }

  private void check(boolean safe, String what, Decision decision) {
    if (!safe) {
      unsafe(what, decision);
    }
  }

  private void unsafe(String what, Decision decision) {
    unsafe.add("step " + steps + ": " + what + ". " + decision.explain());
  }
}
