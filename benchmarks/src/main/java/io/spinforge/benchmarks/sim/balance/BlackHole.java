package io.spinforge.benchmarks.sim.balance;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Of twenty servers two refuse everything after a millisecond, and so look idle and fast; the
 * others take an exponential 50 ms. One minute of 1,000 requests a second.
 */
final class BlackHole {
  static final int SERVERS = 20;
  private static final int BROKEN = 2;
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private BlackHole() {}

  /** Returns which part of the requests failed, in percent. */
  static double run(Contender contender, long seed) {
    VirtualTime time = new VirtualTime();
    SplittableRandom random = new SplittableRandom(seed);
    Client client = contender.factory().client(time, random.split(), SERVERS);
    SplittableRandom dice = random.split();
    List<DelayServer> servers =
        IntStream.range(0, SERVERS)
            .mapToObj(i -> new DelayServer(time, now -> i < BROKEN ? -MILLI : exponential(dice)))
            .toList();
    Traffic traffic = new Traffic(time, random.split(), List.of(client), servers, SECOND, true);
    traffic.rate(1_000);
    time.runUntil(60 * SECOND);
    return 100 - traffic.counts().success();
  }

  private static long exponential(SplittableRandom dice) {
    return (long) (-Math.log(1 - dice.nextDouble()) * 50 * MILLI);
  }
}
