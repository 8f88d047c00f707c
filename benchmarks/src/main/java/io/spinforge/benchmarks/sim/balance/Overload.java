package io.spinforge.benchmarks.sim.balance;

import io.spinforge.balance.limit.ConcurrencyLimiter;
import io.spinforge.balance.limit.Limit;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One server of ten processors whose requests take an exponential 20 ms of one, three times as many
 * requests as it can serve, and callers who wait half a second: with nobody at the door it is busy
 * with requests that come too late.
 */
final class Overload {
  private static final double CAPACITY = 500;
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long SECOND = 1_000 * MILLI;

  private Overload() {}

  static Contender nobody() {
    return new Contender("no limit", (time, random, servers) -> attempt -> attempt.apply(0));
  }

  static Contender limited(String name, Limit limit) {
    return new Contender(
        name,
        (time, random, servers) -> {
          ConcurrencyLimiter limiter =
              ConcurrencyLimiter.builder(limit).ticker(time).random(random).build();
          return attempt -> {
            long permit = limiter.tryAcquire();
            if (permit == ConcurrencyLimiter.REJECTED) {
              return CompletableFuture.failedFuture(Failures.REFUSED);
            }
            return attempt
                .apply(0)
                .whenComplete(
                    (nothing, failure) -> {
                      if (failure == null) {
                        limiter.succeeded(permit);
                      } else {
                        limiter.dropped(permit);
                      }
                    });
          };
        });
  }

  /** Works on for those who have stopped waiting, as most servers do. */
  @SuppressWarnings("FutureReturnValueIgnored") // what follows an answer throws nothing
  private static Server unaware(Server server) {
    return reply -> {
      CompletableFuture<Void> work = new CompletableFuture<>();
      work.thenRun(() -> reply.complete(null));
      server.serve(work);
    };
  }

  /** Returns requests answered in time over what the server can answer at most, in percent. */
  static double run(Contender contender, long seed) {
    VirtualTime time = new VirtualTime();
    SplittableRandom random = new SplittableRandom(seed);
    Client client = contender.factory().client(time, random.split(), 1);
    SplittableRandom dice = random.split();
    SharingServer server =
        new SharingServer(time, () -> (long) (-Math.log(1 - dice.nextDouble()) * 20 * MILLI));
    server.processors(CAPACITY * 0.02);
    Traffic traffic =
        new Traffic(
            time, random.split(), List.of(client), List.of(unaware(server)), SECOND / 2, true);
    traffic.rate(3 * CAPACITY);
    time.runUntil(20 * SECOND);
    Traffic.Counts before = traffic.counts();
    time.runUntil(60 * SECOND);
    return 100 * traffic.counts().since(before).ok() / (CAPACITY * 40);
  }
}
