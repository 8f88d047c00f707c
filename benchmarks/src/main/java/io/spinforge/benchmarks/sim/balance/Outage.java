package io.spinforge.benchmarks.sim.balance;

import io.spinforge.balance.Outlier;
import io.spinforge.balance.Policy;
import io.spinforge.balance.Retry;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Ten servers of which nobody answers anything but a refusal, for half a minute, and callers who
 * try up to four of them for each of their 1,000 requests a second.
 */
final class Outage {
  private static final int SERVERS = 10;
  private static final int ATTEMPTS = 4;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private Outage() {}

  static Contender budgeted(double ratio) {
    return Contender.of(
        "budget of " + Math.round(100 * ratio) + " %",
        builder ->
            builder
                .policy(Policy.adaptive())
                .outlier(Outlier.consecutive(5))
                .retry(Retry.budget(ratio, 0).maxAttempts(ATTEMPTS)));
  }

  /** A loop around the call, as it is often written. */
  static Contender unbudgeted() {
    return new Contender(
        "no budget",
        (time, random, servers) -> {
          BalancerClient once =
              new BalancerClient(time, random, servers, b -> b.policy(Policy.adaptive()));
          return attempt -> again(once, attempt, 1);
        });
  }

  @SuppressWarnings("FutureReturnValueIgnored") // flattened at once
  private static CompletableFuture<Void> again(
      Client once, Function<Integer, CompletableFuture<Void>> attempt, int made) {
    return once.call(attempt)
        .handle(
            (nothing, failure) ->
                failure == null || made == ATTEMPTS
                    ? CompletableFuture.<Void>failedFuture(Failures.REFUSED)
                    : again(once, attempt, made + 1))
        .thenCompose(Function.identity());
  }

  /** Returns attempts per request. */
  static double run(Contender contender, long seed) {
    VirtualTime time = new VirtualTime();
    SplittableRandom random = new SplittableRandom(seed);
    Client client = contender.factory().client(time, random.split(), SERVERS);
    long delay = -Duration.ofMillis(2).toNanos();
    List<DelayServer> servers =
        IntStream.range(0, SERVERS).mapToObj(i -> new DelayServer(time, now -> delay)).toList();
    Traffic traffic = new Traffic(time, random.split(), List.of(client), servers, SECOND, true);
    traffic.rate(1_000);
    time.runUntil(30 * SECOND);
    return traffic.counts().amplification();
  }
}
