package io.spinforge.benchmarks.sim.balance;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Requests that arrive at random, independently of each other and of how the others went (a Poisson
 * process), each from one of the clients; one that is not answered within the limit has failed,
 * whether callers give up then or wait on.
 */
final class Traffic {
  private final VirtualTime time;
  private final SplittableRandom random;
  private final List<? extends Client> clients;
  private final List<? extends Server> servers;
  private final long limit;
  private final boolean givesUp;
  private final int[] attemptsAt;
  private final Histogram latencies = new Histogram(TimeUnit.MINUTES.toMicros(2), 3);
  private double perSecond;
  private boolean arriving;
  private long requests;
  private long attempts;
  private long ok;
  private long failed;

  Traffic(
      VirtualTime time,
      SplittableRandom random,
      List<? extends Client> clients,
      List<? extends Server> servers,
      long limitNanos,
      boolean givesUp) {
    this.time = time;
    this.random = random;
    this.clients = clients;
    this.servers = servers;
    this.limit = limitNanos;
    this.givesUp = givesUp;
    attemptsAt = new int[servers.size()];
  }

  /** Sets the rate of arrivals from now on, above 0. */
  void rate(double requestsPerSecond) {
    perSecond = requestsPerSecond;
    if (!arriving) {
      arriving = true;
      time.in(gap(), this::arrive);
    }
  }

  /** Returns what has been counted so far. */
  Counts counts() {
    return new Counts(requests, attempts, ok, failed, attemptsAt.clone());
  }

  /** Keeps the percentiles of what ends from here on. */
  void forgetLatencies() {
    latencies.reset();
  }

  private long gap() {
    return (long) (-Math.log(1 - random.nextDouble()) / perSecond * 1e9);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // what follows an answer throws nothing
  private void arrive() {
    time.in(gap(), this::arrive);
    requests++;
    long start = time.getAsLong();
    clients
        .get(random.nextInt(clients.size()))
        .call(this::attempt)
        .whenComplete(
            (nothing, failure) -> {
              long took = time.getAsLong() - start;
              boolean good = failure == null && took <= limit;
              ok += good ? 1 : 0;
              failed += good ? 0 : 1;
              long micros = TimeUnit.NANOSECONDS.toMicros(took);
              latencies.recordValue(Math.min(micros, latencies.getHighestTrackableValue()));
            });
  }

  private CompletableFuture<Void> attempt(int server) {
    attempts++;
    attemptsAt[server]++;
    CompletableFuture<Void> reply = new CompletableFuture<>();
    if (givesUp) {
      time.in(limit, () -> reply.completeExceptionally(Failures.TIMED_OUT));
    }
    servers.get(server).serve(reply);
    return reply;
  }

  /** Returns a percentile of how long requests took, failed ones included, in milliseconds. */
  double millis(double percentile) {
    return latencies.getValueAtPercentile(percentile) / 1e3;
  }

  /** Counts of requests that came and that ended, and of attempts, in all and by server. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Counts(long requests, long attempts, long ok, long failed, int[] attemptsAt) {

    /** Returns what was counted after an earlier count. */
    Counts since(Counts earlier) {
      int[] at = attemptsAt.clone();
      java.util.Arrays.setAll(at, i -> at[i] - earlier.attemptsAt[i]);
      return new Counts(
          requests - earlier.requests,
          attempts - earlier.attempts,
          ok - earlier.ok,
          failed - earlier.failed,
          at);
    }

    /** Returns attempts per request. */
    double amplification() {
      return (double) attempts / requests;
    }

    /** Returns the part of the ended requests that went well, in percent. */
    double success() {
      return 100.0 * ok / (ok + failed);
    }

    /** Returns a server's attempts over what an even split would give it. */
    double share(int server) {
      return (double) attemptsAt[server] * attemptsAt.length / attempts;
    }
  }
}
