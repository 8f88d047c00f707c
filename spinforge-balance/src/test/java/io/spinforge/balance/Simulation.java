package io.spinforge.balance;

import io.spinforge.testkit.ManualTicker;
import java.time.Duration;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Requests that arrive at random at backends of given latencies, in virtual time. */
final class Simulation {
  /** What a backend does with a request that reaches it. */
  interface Backends {
    /** Returns after how long it answers; negative if it fails after as long. */
    Duration serve(int backend, Duration now, SplittableRandom random);
  }

  private record End(long at, Member<Integer> member, long start, Outcome outcome)
      implements Comparable<End> {
    @Override
    public int compareTo(End other) {
      return Long.compare(at, other.at);
    }
  }

  private final ManualTicker ticker = new ManualTicker();
  private final SplittableRandom random;
  private final PriorityQueue<End> ends = new PriorityQueue<>();
  final LoadBalancer<Integer> balancer;
  long requests;
  long failed;

  /** Requests by backend, of the last run. */
  final int[] served;

  Simulation(
      int backends, SplittableRandom random, UnaryOperator<LoadBalancerBuilder<Integer>> options) {
    this.random = random;
    this.served = new int[backends];
    balancer =
        options.apply(LoadBalancer.<Integer>builder().ticker(ticker).random(() -> random)).build();
    balancer.update(IntStream.range(0, backends).boxed().toList());
  }

  /** Sends requests until this time, each given up after the limit. */
  void run(Duration until, double perSecond, Duration limit, Backends backends) {
    java.util.Arrays.fill(served, 0);
    long now = ticker.getAsLong();
    while (now < until.toNanos()) {
      now += (long) (-Math.log(1 - random.nextDouble()) / perSecond * 1e9);
      endUntil(now);
      ticker.set(now);
      Member<Integer> member = balancer.acquire();
      long start = member.begin();
      Duration took = backends.serve(member.value(), Duration.ofNanos(now), random);
      Outcome outcome = took.isNegative() ? Outcome.FAILURE : Outcome.SUCCESS;
      if (took.abs().compareTo(limit) > 0) {
        outcome = Outcome.TIMEOUT;
        took = limit;
      }
      requests++;
      served[member.value()]++;
      failed += outcome.failed() ? 1 : 0;
      ends.add(new End(now + took.abs().toNanos(), member, start, outcome));
    }
  }

  void endAll() {
    endUntil(Long.MAX_VALUE);
  }

  private void endUntil(long now) {
    while (!ends.isEmpty() && ends.peek().at <= now) {
      End end = ends.remove();
      ticker.set(end.at);
      end.member.end(end.start, end.outcome);
    }
  }
}
