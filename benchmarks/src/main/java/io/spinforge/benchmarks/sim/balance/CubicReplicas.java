package io.spinforge.benchmarks.sim.balance;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * C3's replica ranking (Suresh, Canini, Schmid and Feldmann, NSDI 2015) over a pool of probes,
 * which is how Prequal's paper compares it: the lowest of {@code R − 1/μ + q³/μ}, where R is the
 * latency, which is the service time {@code 1/μ} too where processors are shared, and {@code q = 1
 * + clients × own requests in flight + requests in flight}; three probes a request, sixteen in the
 * pool, none older than a second, each used once.
 */
final class CubicReplicas implements Client {
  private static final int POOL = 16;
  private static final int PROBES = 3;
  private static final long MAX_AGE = TimeUnit.SECONDS.toNanos(1);

  private record Probe(int server, long at, double score) {}

  private final VirtualTime time;
  private final SplittableRandom random;
  private final List<Antagonists.SharedServer> servers;
  private final List<Probe> pool = new ArrayList<>();
  private final int[] own;

  CubicReplicas(VirtualTime time, SplittableRandom random, List<Antagonists.SharedServer> servers) {
    this.time = time;
    this.random = random;
    this.servers = servers;
    own = new int[servers.size()];
  }

  @Override
  public CompletableFuture<Void> call(Function<Integer, CompletableFuture<Void>> attempt) {
    long now = time.getAsLong();
    pool.removeIf(probe -> now - probe.at > MAX_AGE);
    for (int i = 0; i < PROBES; i++) {
      probe(random.nextInt(servers.size()), now);
    }
    Probe best = null;
    for (Probe probe : pool) {
      best = best == null || probe.score < best.score ? probe : best;
    }
    if (best == null) {
      return attempt.apply(random.nextInt(servers.size()));
    }
    pool.remove(best);
    int chosen = best.server;
    own[chosen]++;
    return attempt.apply(chosen).whenComplete((nothing, failure) -> own[chosen]--);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // what follows an answer throws nothing
  private void probe(int server, long now) {
    servers
        .get(server)
        .probe()
        .thenAccept(
            load -> {
              double q = 1 + load.inFlight() + own[server] * (double) Antagonists.CLIENTS;
              double response = load.latency().toNanos();
              pool.removeIf(probe -> probe.server == server);
              pool.add(new Probe(server, now, q * q * q * response));
              if (pool.size() > POOL) {
                pool.remove(0);
              }
            });
  }
}
