package io.spinforge.health.probe;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Several probes of one target; made by {@link Probe#allOf}, {@link Probe#anyOf} and {@link
 * Probe#quorum}.
 *
 * <p>All start together. The target is fit as soon as enough have passed, and has failed as soon as
 * so many have failed that enough cannot pass any more; what still runs then is given up. It is
 * degraded if the passed ones that were healthy are not enough alone, and has failed at once if the
 * parts that failed at once are enough alone. If neither can be said because parts are
 * inconclusive, so is the whole.
 *
 * @param needed how many must pass, 1 to the number of probes
 * @param probes at least one
 */
public record CombinedProbe<T>(int needed, List<Probe<? super T>> probes) implements Probe<T> {

  /** Copies the list and refuses a number that cannot be reached. */
  public CombinedProbe {
    probes = List.copyOf(probes);
    if (probes.isEmpty()) {
      throw new IllegalArgumentException("probes: none (expected: at least one)");
    }
    if (needed < 1 || needed > probes.size()) {
      throw new IllegalArgumentException(
          "needed: " + needed + " (expected: 1 to " + probes.size() + ")");
    }
  }

  /**
   * Judges the results of the parts.
   *
   * @param results one for each part, null for those that have not ended
   * @return the result of the whole, or null if it depends on parts that have not ended
   */
  public @Nullable ProbeResult decide(List<@Nullable ProbeResult> results) {
    int healthy = 0;
    int degraded = 0;
    int failed = 0;
    int failedNow = 0;
    int unclear = 0;
    for (ProbeResult result : results) {
      if (result != null) {
        switch (result.verdict()) {
          case HEALTHY -> healthy++;
          case DEGRADED -> degraded++;
          case FAILED -> failed++;
          case FAILED_NOW -> failedNow++;
          case INCONCLUSIVE -> unclear++;
        }
      }
    }
    int allowed = probes.size() - needed;
    int open = probes.size() - healthy - degraded - failed - failedNow - unclear;
    if (failedNow > allowed) {
      return naming(results, Verdict.FAILED_NOW);
    }
    if (healthy >= needed) {
      return ProbeResult.healthy();
    }
    if (open > 0 && failed + failedNow <= allowed) {
      // More healthy ones could make a degraded whole healthy.
      return healthy + degraded >= needed && healthy + open < needed
          ? naming(results, Verdict.DEGRADED)
          : null;
    }
    if (failed + failedNow > allowed) {
      return naming(results, Verdict.FAILED);
    }
    return naming(results, healthy + degraded >= needed ? Verdict.DEGRADED : Verdict.INCONCLUSIVE);
  }

  /** Returns a result with this verdict and the words of the first part that has it. */
  private ProbeResult naming(List<@Nullable ProbeResult> results, Verdict verdict) {
    for (int i = 0; i < results.size(); i++) {
      ProbeResult result = results.get(i);
      if (result != null && alike(result.verdict(), verdict)) {
        String detail = "probe " + (i + 1) + " of " + probes.size() + ": " + result.detail();
        return new ProbeResult(verdict, result.failure(), detail);
      }
    }
    throw new IllegalStateException(requireNonNull(verdict) + " of " + results);
  }

  private static boolean alike(Verdict part, Verdict whole) {
    return part == whole || (whole == Verdict.FAILED && part == Verdict.FAILED_NOW);
  }
}
