package io.spinforge.health;

import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.ProbeResult;

/**
 * How far the checker may trust its own eyes: Lifeguard's local health (Dadgar et al., "Lifeguard:
 * Local Health Awareness for More Accurate Failure Detection", 2018). Not thread-safe.
 *
 * <p><b>Score.</b> 0 is well, {@value #HIGHEST} as bad as can be told. Each second with evidence
 * against the checker raises it, each second without lowers it by one:
 *
 * <ul>
 *   <li>the loop was late for half of the second: +2, for a tenth of it: +1, but to 5 at most;
 *   <li>a byte over a loopback connection of its own took 100 ms or longer: +1, to 5 at most;
 *   <li>three or more targets that were fit fell silent, and those were half of all answers: +1.
 *       That may be the network between here and there, or the targets, so alone it lifts the score
 *       to 3 at most.
 * </ul>
 *
 * <p><b>Use.</b> Probes get {@code score + 1} times their time. At the maximum, which only a loop
 * that hardly runs can reach, no failure counts: a host that is a little slow for ever must not
 * switch its checks off.
 *
 * <p><b>Lateness.</b> Every turn of the loop announces when it wants to run next. If it runs later,
 * the difference is time in which nobody looked. All of it is summed up; a failure that silence can
 * explain is inconclusive if the lateness was a quarter of the probe's time or more.
 */
final class LocalHealth {
  static final int HIGHEST = 7;
  private static final int HIGHEST_BY_SILENCE = 3;
  private static final int HIGHEST_BY_LATENESS = 5;
  private static final long MILLI = 1_000_000;
  private static final long LATE_NANOS = 5 * MILLI;
  private static final long STALL_NANOS = 50 * MILLI;
  private static final long WINDOW_NANOS = 1_000 * MILLI;
  private static final long SLOW_CANARY_NANOS = 100 * MILLI;

  private final int highest;
  private final Tally tally;
  private int score;
  private long plannedAt;
  private long lookedAt;
  private long windowAt;
  private long lateBefore;
  private int fellSilent;
  private int ended;
  private boolean canarySlow;
  private long canaryAt;

  LocalHealth(int highest, Tally tally, long now) {
    this.highest = highest;
    this.tally = tally;
    this.plannedAt = now;
    this.lookedAt = now;
    this.windowAt = now;
    this.canaryAt = now - WINDOW_NANOS;
  }

  int score() {
    return score;
  }

  /** Returns how long a probe may take that has so much time when all is well. */
  long stretched(long timeoutNanos) {
    return timeoutNanos * (score + 1);
  }

  /** The loop has looked at its sockets. Returns whether the score is another one now. */
  boolean looked(long now) {
    long from = plannedAt - lookedAt > 0 ? plannedAt : lookedAt;
    long late = now - from;
    if (late > LATE_NANOS) {
      tally.lateNanos += late;
      if (late > STALL_NANOS) {
        tally.stalls++;
      }
    }
    lookedAt = now;
    int before = score;
    if (now - windowAt >= WINDOW_NANOS) {
      score = next((now - windowAt) / WINDOW_NANOS, now - windowAt);
      windowAt = now;
      lateBefore = tally.lateNanos;
      fellSilent = 0;
      ended = 0;
      canarySlow = false;
    }
    return score != before;
  }

  /** The loop will look again at this time. */
  void planned(long next) {
    plannedAt = next;
  }

  /** Returns whether a byte is to be sent over the loopback now; at most once a second. */
  boolean wantsCanary(long now) {
    if (highest == 0 || now - canaryAt < WINDOW_NANOS) {
      return false;
    }
    canaryAt = now;
    return true;
  }

  /** The byte came after so long, or has not come for so long. */
  void canary(long nanos) {
    canarySlow |= nanos >= SLOW_CANARY_NANOS;
  }

  /** A probe has told something of its target, which was fit and not in doubt, or was not. */
  void ended(ProbeResult result, boolean wasFit) {
    ended++;
    if (wasFit && result.failure() != null && silence(result.failure())) {
      fellSilent++;
    }
  }

  /** Returns the result without what the checker's own state explains as well. */
  ProbeResult judge(ProbeResult told, long lateAtStart, long timeoutNanos) {
    Failure failure = told.failure();
    if (failure == null) {
      return told;
    }
    long late = tally.lateNanos - lateAtStart;
    if (late >= timeoutNanos / 4 && !ownWords(failure)) {
      return ProbeResult.inconclusive(
          "the checker itself was late by " + late / MILLI + " ms: " + told.detail());
    }
    if (highest > 0 && score == HIGHEST) {
      return ProbeResult.inconclusive("the checker itself is not well: " + told.detail());
    }
    return told;
  }

  private int next(long windows, long nanos) {
    long late = tally.lateNanos - lateBefore;
    int own = late >= nanos / 2 ? 2 : late >= nanos / 10 ? 1 : 0;
    own += canarySlow ? 1 : 0;
    boolean silent = fellSilent >= 3 && fellSilent * 2 >= ended;
    if (own == 0 && !silent) {
      return (int) Math.max(0, score - windows);
    }
    int most = own == 0 ? HIGHEST_BY_SILENCE : HIGHEST_BY_LATENESS;
    if (late >= nanos / 2) {
      most = HIGHEST;
    }
    int raised = Math.min(Math.max(score, most), score + own + (silent ? 1 : 0));
    return Math.min(highest, raised);
  }

  private static boolean silence(Failure failure) {
    return failure == Failure.TIMEOUT
        || failure == Failure.UNREACHABLE
        || failure == Failure.UNRESOLVED;
  }

  /** Returns whether it is the target's own word, whenever it is read. */
  private static boolean ownWords(Failure failure) {
    return switch (failure) {
      case REFUSED, STATUS, MALFORMED, TOO_LARGE, UNAUTHORIZED, NOT_READY -> true;
      case UNREACHABLE, RESET, CLOSED, TIMEOUT, UNRESOLVED, TLS, ERROR -> false;
    };
  }
}
