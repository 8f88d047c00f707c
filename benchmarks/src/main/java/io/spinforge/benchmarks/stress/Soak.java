package io.spinforge.benchmarks.stress;

import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.Member;
import io.spinforge.balance.Outcome;
import io.spinforge.balance.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * Requests from two threads while the members change all the time: of six blocks of members each
 * update leaves out another one. Nothing may be left in flight, and nobody may be chosen who was
 * removed before the choice began. {@code Soak 1000000000 5000 1000} makes so many requests over so
 * many members with so many updates a second.
 */
public final class Soak {
  private static final int BLOCKS = 6;
  private static final int THREADS = 2;

  private final LoadBalancer<Integer> balancer =
      LoadBalancer.<Integer>builder().policy(Policy.adaptive()).build();
  private final List<List<Integer>> sets = new ArrayList<>();
  private final List<Integer> all;
  private final AtomicLong left;
  private final AtomicLong wrong = new AtomicLong();
  private final Histogram updates = new Histogram(3);

  /** The last update that was begun, and the last that has returned. */
  private volatile long begun;

  private volatile long returned;

  /**
   * What came of it.
   *
   * @param inFlight requests in flight after all have ended
   * @param wrong choices of members that had been removed
   * @param updates made
   * @param typicalMicros how long half of the updates took at most
   * @param slowMicros how long 99 in 100 took at most
   */
  record Result(long inFlight, long wrong, long updates, double typicalMicros, double slowMicros) {}

  private Soak(long requests, int members) {
    left = new AtomicLong(requests);
    all = IntStream.range(0, members).boxed().toList();
    for (int i = 0; i < BLOCKS; i++) {
      int out = i;
      sets.add(all.stream().filter(member -> member % BLOCKS != out).toList());
    }
    balancer.update(sets.get(0));
  }

  /** Runs it and prints what came of it; fails if something did that must not. */
  public static void main(String... args) throws InterruptedException {
    long requests = args.length > 0 ? Long.parseLong(args[0]) : 1_000_000_000L;
    int members = args.length > 1 ? Integer.parseInt(args[1]) : 5_000;
    int perSecond = args.length > 2 ? Integer.parseInt(args[2]) : 1_000;
    Result result = run(requests, members, perSecond);
    System.out.printf(Locale.ROOT, "%,d requests: %s%n", requests, result);
    if (result.inFlight != 0 || result.wrong != 0) {
      throw new IllegalStateException("requests leaked, or went where they must not: " + result);
    }
  }

  static Result run(long requests, int members, int updatesPerSecond) throws InterruptedException {
    Soak soak = new Soak(requests, members);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      threads.add(new Thread(soak::work, "soak-" + i));
    }
    threads.forEach(Thread::start);
    soak.update(TimeUnit.SECONDS.toNanos(1) / updatesPerSecond);
    for (Thread thread : threads) {
      thread.join();
    }
    soak.balancer.update(soak.all);
    return new Result(
        soak.balancer.stats().inFlight(),
        soak.wrong.get(),
        soak.returned,
        soak.updates.getValueAtPercentile(50) / 1e3,
        soak.updates.getValueAtPercentile(99) / 1e3);
  }

  private void update(long interval) {
    long next = System.nanoTime();
    for (long i = 1; left.get() > 0; i++) {
      begun = i;
      long start = System.nanoTime();
      balancer.update(sets.get((int) (i % BLOCKS)));
      updates.recordValue(System.nanoTime() - start);
      returned = i;
      next = Math.max(next + interval, System.nanoTime() - interval);
      LockSupport.parkNanos(next - System.nanoTime());
    }
  }

  private void work() {
    int batch = 1_000;
    while (left.getAndAdd(-batch) > 0) {
      for (int i = 0; i < batch; i++) {
        long from = returned;
        Member<Integer> member = balancer.acquire();
        long to = begun;
        if (from == to && member.value() % BLOCKS == from % BLOCKS) {
          wrong.getAndIncrement();
        }
        member.end(member.begin(), Outcome.SUCCESS);
      }
    }
  }
}
