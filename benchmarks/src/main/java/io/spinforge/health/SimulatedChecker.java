package io.spinforge.health;

import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.ProbeResult;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The production core of a checker in virtual time, many thousand times faster than the clock. Here
 * because the core is nobody's API.
 *
 * <p>Time passes in steps of a millisecond; in each the core sees the answers that came, then the
 * timers, as on its loop. Answers come from a {@link Backend}.
 */
public final class SimulatedChecker {
  private static final long MILLI = 1_000_000;
  private static final int WHEEL = 1 << 12;

  /** What targets do. */
  public interface Backend {
    /** Returns after how many milliseconds a target answers, below 4,096; -1: never. */
    int answersAfter(int target, long millis);

    /** Returns what it answers. */
    ProbeResult answer(int target, long millis);
  }

  private final Core<Integer> core;
  private final Backend backend;
  // Ring of answers by millisecond; each bucket holds slots and the numbers of their probes.
  private final Slot<?>[][] slots = new Slot<?>[WHEEL][4];
  private final long[][] attempts = new long[WHEEL][4];
  private final int[] sizes = new int[WHEEL];
  private long millis;
  private long wakeMillis;
  private long checks;
  private long hash = 17;
  private long transitions;

  /** Starts a checker with its default rules but for these. */
  public SimulatedChecker(Duration interval, Duration timeout, long seed, Backend backend) {
    this.backend = backend;
    Rules rules =
        new Rules(
            interval,
            timeout,
            Duration.ofMillis(250),
            1,
            3,
            0.1,
            0.5,
            Duration.ofSeconds(30),
            Duration.ofMinutes(5),
            LocalHealth.HIGHEST,
            seed,
            () -> Instant.EPOCH);
    this.core = new Core<>(rules, 0);
  }

  /** Lists the targets from 0 up to this number. */
  public void targets(int number) {
    core.targets(IntStream.range(0, number).boxed().toList(), millis * MILLI);
    wakeMillis = millis;
  }

  /** Lets time pass until so many milliseconds after the start. */
  public void runUntil(long end) {
    for (; millis < end; millis++) {
      int bucket = (int) (millis & (WHEEL - 1));
      if (sizes[bucket] > 0 || wakeMillis <= millis) {
        turn(bucket);
      }
    }
  }

  /** Returns the number of probes that have ended. */
  public long checks() {
    return checks;
  }

  /** Returns the number of changes of status. */
  public long transitions() {
    return transitions;
  }

  /** Returns a hash of every probe's end and every change of status, with its time. */
  public long hash() {
    return hash;
  }

  /** Returns what the checker believes. */
  public HealthView<Integer> view() {
    return core.view();
  }

  private void turn(int bucket) {
    long now = millis * MILLI;
    core.looked(now);
    int size = sizes[bucket];
    for (int i = 0; i < size; i++) {
      @SuppressWarnings("unchecked") // only slots of this core are put there
      Slot<Integer> slot = (Slot<Integer>) slots[bucket][i];
      told(slot, attempts[bucket][i], backend.answer(slot.hash, millis), now);
    }
    sizes[bucket] = 0;
    core.timers(now);
    long next = core.plan(now);
    List<Effect<Integer>> effects = core.takeEffects();
    for (int i = 0; i < effects.size(); i++) {
      Effect<Integer> effect = effects.get(i);
      switch (effect.kind()) {
        case START -> {
          int after = backend.answersAfter(effect.slot().hash, millis);
          if (after >= 0) {
            expect(effect, Math.max(1, after));
          }
        }
        case EXPIRE -> {
          told(
              effect.slot(),
              effect.attempt(),
              ProbeResult.failed(Failure.TIMEOUT, "no answer in time"),
              now);
          next = now;
        }
        case CLOSE -> {}
      }
    }
    for (Transition<Integer> t : core.takeTransitions()) {
      transitions++;
      hash = (hash * 31 + millis) * 31 + t.target() * 4L + code(t.to());
    }
    wakeMillis = Math.max(millis + 1, next / MILLI + (next % MILLI == 0 ? 0 : 1));
  }

  private static int code(Status status) {
    return switch (status) {
      case UNKNOWN -> 0;
      case HEALTHY -> 1;
      case DEGRADED -> 2;
      case UNHEALTHY -> 3;
    };
  }

  private void told(Slot<Integer> slot, long attempt, ProbeResult result, long now) {
    if (core.result(slot, attempt, result, now) >= 0) {
      checks++;
      hash = (hash * 31 + millis) * 31 + slot.hash;
    }
  }

  private void expect(Effect<Integer> effect, int after) {
    int bucket = (int) ((millis + after) & (WHEEL - 1));
    int size = sizes[bucket]++;
    if (size == slots[bucket].length) {
      slots[bucket] = Arrays.copyOf(slots[bucket], size * 2);
      attempts[bucket] = Arrays.copyOf(attempts[bucket], size * 2);
    }
    slots[bucket][size] = effect.slot();
    attempts[bucket][size] = effect.attempt();
  }
}
