package io.spinforge.benchmarks.sim.balance;

import io.spinforge.balance.Hedge;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Linkerd's "Beyond Round Robin: Load Balancing for Latency" (2016): of eleven servers one takes
 * two seconds from the 15th to the 45th second, callers wait for one. Requests come at random,
 * 1,000 a second; the healthy answer in 167 ms, give or take a normal 5.
 */
final class SlowBackend {
  static final int SERVERS = 11;
  static final double PER_SECOND = 1_000;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /**
   * How one run went.
   *
   * @param success requests answered in time, of all of the minute, in percent
   * @param recovered what the recovered server got in the last ten seconds, over its even share
   * @param extra attempts beyond the first ones, over all requests, in percent
   * @param p99 in milliseconds
   */
  record Result(double success, double recovered, double extra, double p99) {}

  private SlowBackend() {}

  /** The default balancer, which asks another server when half of the limit is over. */
  static Contender hedged() {
    return new Contender(
        "adaptive, hedged",
        (time, random, servers) ->
            new BalancerClient(
                time,
                random,
                servers,
                builder ->
                    builder
                        .hedge(Hedge.after(Duration.ofMillis(500)))
                        .scheduler(new VirtualScheduler(time))));
  }

  static Result run(Contender contender, boolean givesUp, long seed) {
    VirtualTime time = new VirtualTime();
    SplittableRandom random = new SplittableRandom(seed);
    Client client = contender.factory().client(time, random.split(), SERVERS);
    SplittableRandom dice = random.split();
    List<DelayServer> servers =
        IntStream.range(0, SERVERS)
            .mapToObj(i -> new DelayServer(time, now -> delay(i, now, dice)))
            .toList();
    Traffic traffic = new Traffic(time, random.split(), List.of(client), servers, SECOND, givesUp);
    traffic.rate(PER_SECOND);
    time.runUntil(50 * SECOND);
    Traffic.Counts before = traffic.counts();
    time.runUntil(60 * SECOND);
    Traffic.Counts all = traffic.counts();
    return new Result(
        all.success(),
        all.since(before).share(0),
        100 * (all.amplification() - 1),
        traffic.millis(99));
  }

  private static long delay(int server, long now, SplittableRandom dice) {
    boolean slow = server == 0 && now >= 15 * SECOND && now < 45 * SECOND;
    return slow ? 2 * SECOND : Math.max(1, (long) ((167 + 5 * dice.nextGaussian()) * 1e6));
  }
}
