package io.spinforge.health;

import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.ProbeResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Random events for the production core of a checker, in any order: lists, results, timeouts,
 * drains, suspensions, reports, closed connections, pauses. After each, the view is held against
 * what it promises.
 */
public final class RandomHistory {
  private static final long MILLI = 1_000_000;
  private final SplittableRandom random;
  private final Core<Integer> core;
  private final List<Effect<Integer>> running = new ArrayList<>();
  private long now;

  private RandomHistory(long seed) {
    random = new SplittableRandom(seed);
    Rules rules =
        new Rules(
            Duration.ofMillis(1_000),
            Duration.ofMillis(500),
            Duration.ofMillis(100),
            random.nextInt(1, 4),
            random.nextInt(1, 4),
            0.1,
            random.nextInt(5) / 4.0,
            random.nextBoolean() ? Duration.ZERO : Duration.ofMillis(500),
            random.nextBoolean() ? Duration.ZERO : Duration.ofMillis(5_000),
            random.nextBoolean() ? 0 : LocalHealth.HIGHEST,
            seed,
            () -> Instant.EPOCH);
    core = new Core<>(rules, 0);
  }

  /**
   * Plays one history.
   *
   * @throws IllegalStateException naming the seed, if the effective list was empty although a
   *     target was listed that was not drained, or a target was in two lists or none
   */
  public static void play(long seed, int events) {
    RandomHistory history = new RandomHistory(seed);
    for (int i = 0; i < events; i++) {
      history.event();
      history.check(seed, i);
    }
  }

  private void event() {
    int target = random.nextInt(6);
    switch (random.nextInt(12)) {
      case 0 -> core.targets(random.ints(random.nextInt(7), 0, 6).boxed().toList(), now);
      case 1 -> core.drain(target, now);
      case 2 -> core.suspend(target, now);
      case 3 -> core.resume(target, now);
      case 4 -> core.reported(target, now);
      case 5 -> {
        Slot<Integer> slot = core.slot(target);
        if (slot != null) {
          core.idleClosed(slot, random.nextLong(1_000 * MILLI), now);
        }
      }
      case 6 -> now += random.nextLong(3_000 * MILLI);
      default -> turn();
    }
  }

  private void turn() {
    now += random.nextLong(200 * MILLI);
    core.looked(now);
    running.removeIf(
        effect -> {
          if (random.nextInt(3) == 0) {
            return false;
          }
          long unused = core.result(effect.slot(), effect.attempt(), result(), now);
          return true;
        });
    core.timers(now);
    long unused = core.plan(now);
    for (Effect<Integer> effect : core.takeEffects()) {
      if (effect.kind() != Effect.Kind.CLOSE) {
        running.add(effect);
      }
    }
    core.takeTransitions();
  }

  private ProbeResult result() {
    return switch (random.nextInt(7)) {
      case 0 -> ProbeResult.failed(Failure.TIMEOUT, "silence");
      case 1 -> ProbeResult.failed(Failure.REFUSED, "refused");
      case 2 -> ProbeResult.failed(Failure.STATUS, "status 500");
      case 3 -> ProbeResult.degraded("tired");
      case 4 -> ProbeResult.inconclusive("busy");
      default -> ProbeResult.healthy();
    };
  }

  private void check(long seed, int event) {
    HealthView<Integer> view = core.view();
    boolean offered = !view.effective().isEmpty();
    boolean listed = view.size() > view.drained().size();
    boolean drainedOffered = view.effective().stream().anyMatch(view.drained()::contains);
    if (offered != listed || drainedOffered || view.size() != core.slots().size()) {
      throw new IllegalStateException("seed " + seed + ", event " + event + ": " + view);
    }
  }
}
