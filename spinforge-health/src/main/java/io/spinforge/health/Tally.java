package io.spinforge.health;

import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.ProbeResult;

/** Counters of a core; guarded by the checker's lock. */
final class Tally {
  long probes;
  long passed;
  long failed;
  long timeouts;
  long inconclusive;
  long confirmations;
  long transitions;
  long droppedRounds;
  long stalls;
  long lateNanos;

  void count(ProbeResult result) {
    switch (result.verdict()) {
      case HEALTHY, DEGRADED -> passed++;
      case FAILED, FAILED_NOW -> failed++;
      case INCONCLUSIVE -> inconclusive++;
    }
    if (result.failure() == Failure.TIMEOUT) {
      timeouts++;
    }
  }
}
