package io.spinforge.benchmarks.health;

import io.spinforge.health.HealthChecker;
import io.spinforge.health.HealthListener;
import io.spinforge.health.SimulatedChecker;
import io.spinforge.health.probe.HttpProbe;
import io.spinforge.health.probe.ProbeResult;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;

/**
 * How even the probes are: the busiest window of 50 ms beside the mean one, from the first probe
 * on. First as the production state machine decides in virtual time, then as a real checker does,
 * which needs a machine on which it runs when it wants to.
 *
 * <p>{@code ProbeRate [targets] [interval ms] [seconds]}. Ends with 1 if virtual time misses the
 * goal.
 */
public final class ProbeRate {
  private static final long WINDOW_MILLIS = 50;
  private static final double GOAL = 1.5;

  private ProbeRate() {}

  /** Takes the numbers above; by default 10,000 targets every 1,000 ms for 30 s. */
  public static void main(String[] args) throws Exception {
    int targets = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
    Duration interval = Duration.ofMillis(args.length > 1 ? Long.parseLong(args[1]) : 1_000);
    int seconds = args.length > 2 ? Integer.parseInt(args[2]) : 30;
    double decided = report("in virtual time", virtual(targets, interval, seconds));
    double unused = report("on this machine", real(targets, interval, seconds));
    System.exit(decided <= GOAL ? 0 : 1);
  }

  /** Returns the number of probes that began in each window. */
  static int[] virtual(int targets, Duration interval, int seconds) {
    int[] windows = new int[(int) (seconds * 1_000L / WINDOW_MILLIS)];
    SimulatedChecker.Backend backend =
        new SimulatedChecker.Backend() {
          @Override
          public int answersAfter(int target, long millis) {
            windows[(int) (millis / WINDOW_MILLIS)]++;
            return 1 + Math.floorMod(target, 8);
          }

          @Override
          public ProbeResult answer(int target, long millis) {
            return ProbeResult.healthy();
          }
        };
    SimulatedChecker checker = new SimulatedChecker(interval, interval.dividedBy(2), 42, backend);
    checker.targets(targets);
    checker.runUntil(seconds * 1_000L);
    return windows;
  }

  private static int[] real(int targets, Duration interval, int seconds) throws Exception {
    AtomicIntegerArray windows = new AtomicIntegerArray((int) (seconds * 1_000L / WINDOW_MILLIS));
    try (Child server = Watching.targets(1, 0)) {
      URI uri = Watching.uri(server.ports().get(0));
      try (HealthChecker<Integer> checker =
          HealthChecker.<Integer>builder()
              .probe(HttpProbe.get(i -> uri))
              .interval(interval)
              .timeout(interval.dividedBy(2))
              .build()) {
        checker.targets(IntStream.range(0, targets).boxed().toList());
        checker.ready().get(10, TimeUnit.MINUTES);
        long start = System.nanoTime();
        checker.addListener(
            new HealthListener<>() {
              @Override
              public void onProbe(Integer target, ProbeResult result, long nanos) {
                long begun = System.nanoTime() - nanos - start;
                int window = (int) (Math.max(0, begun) / (WINDOW_MILLIS * 1_000_000));
                if (window < windows.length()) {
                  windows.incrementAndGet(window);
                }
              }
            });
        TimeUnit.SECONDS.sleep(seconds + 1L);
      }
    }
    return IntStream.range(0, windows.length()).map(windows::get).toArray();
  }

  private static double report(String where, int[] windows) {
    double mean = Arrays.stream(windows).average().orElse(0);
    int most = Arrays.stream(windows).max().orElse(0);
    System.out.printf(
        Locale.ROOT,
        "%s: %d windows of %d ms with %.0f probes on average, %d at most: %.2f times (goal:"
            + " %.1f)%n",
        where,
        windows.length,
        WINDOW_MILLIS,
        mean,
        most,
        most / mean,
        GOAL);
    return most / mean;
  }
}
