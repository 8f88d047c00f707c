package io.spinforge.benchmarks.sim.balance;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Weighted round robin with weights from the servers' own reports, as Prequal's predecessor and
 * gRPC's weighted_round_robin have them: requests a second over utilization, looked at every second
 * and smoothed over ten; a static stride scheduler walks the weights.
 */
final class WeightedByLoad implements Client {
  private static final long PERIOD = TimeUnit.SECONDS.toNanos(1);
  private static final double SMOOTHING = 0.1;

  private final VirtualTime time;
  private final List<Antagonists.SharedServer> servers;
  private final double[] weights;
  private final double[] turns;
  private final double[] usedBefore;
  private final long[] answeredBefore;

  WeightedByLoad(
      VirtualTime time, SplittableRandom random, List<Antagonists.SharedServer> servers) {
    this.time = time;
    this.servers = servers;
    weights = new double[servers.size()];
    turns = random.doubles(servers.size()).toArray();
    usedBefore = new double[servers.size()];
    answeredBefore = new long[servers.size()];
    Arrays.fill(weights, 1);
    time.in((long) (random.nextDouble() * PERIOD), this::look);
  }

  private void look() {
    double sum = 0;
    int known = 0;
    double[] seen = new double[weights.length];
    for (int i = 0; i < weights.length; i++) {
      double used = servers.get(i).used() - usedBefore[i];
      long answered = servers.get(i).answered() - answeredBefore[i];
      usedBefore[i] += used;
      answeredBefore[i] += answered;
      seen[i] = used > 0 ? answered / used : 0;
      sum += seen[i];
      known += seen[i] > 0 ? 1 : 0;
    }
    for (int i = 0; i < weights.length && known > 0; i++) {
      if (seen[i] > 0) {
        weights[i] += SMOOTHING * (seen[i] * known / sum - weights[i]);
      }
    }
    time.in(PERIOD, this::look);
  }

  @Override
  public CompletableFuture<Void> call(Function<Integer, CompletableFuture<Void>> attempt) {
    int next = 0;
    for (int i = 1; i < turns.length; i++) {
      next = turns[i] < turns[next] ? i : next;
    }
    turns[next] += 1 / weights[next];
    return attempt.apply(next);
  }
}
