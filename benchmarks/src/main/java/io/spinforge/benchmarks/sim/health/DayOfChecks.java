package io.spinforge.benchmarks.sim.health;

import io.spinforge.health.SimulatedChecker;
import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.ProbeResult;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Locale;

/**
 * A day of 10,000 targets that are checked every 5 s: 172.8 million checks of the production state
 * machine. Prints how long it took and a hash of everything that happened, which is the same on
 * every machine and JDK.
 */
public final class DayOfChecks {
  private static final ProbeResult BROKEN = ProbeResult.failed(Failure.STATUS, "status 503");

  private DayOfChecks() {}

  /** Takes the number of targets and of hours; by default 10,000 and 24. */
  public static void main(String[] args) {
    int targets = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
    long hours = args.length > 1 ? Long.parseLong(args[1]) : 24;
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = System.nanoTime();
    SimulatedChecker checker = run(targets, Duration.ofHours(hours));
    double seconds = (System.nanoTime() - start) / 1e9;
    double cpu = threads.getCurrentThreadCpuTime() / 1e9;
    System.out.printf(
        Locale.ROOT,
        "%,d checks, %,d changes, %d healthy at the end: %.1f s, of which %.1f s on a CPU; hash"
            + " %016x%n",
        checker.checks(),
        checker.transitions(),
        checker.view().healthy().size(),
        seconds,
        cpu,
        checker.hash());
  }

  /** Plays so much time with so many targets. */
  public static SimulatedChecker run(int targets, Duration length) {
    SimulatedChecker checker =
        new SimulatedChecker(Duration.ofSeconds(5), Duration.ofSeconds(2), 42, new Fleet());
    checker.targets(targets);
    checker.runUntil(length.toMillis());
    return checker;
  }

  /** Targets that answer in 1 to 8 ms and have a bad minute every few hours. */
  private static final class Fleet implements SimulatedChecker.Backend {
    @Override
    public int answersAfter(int target, long millis) {
      long minute = mix(target * 100_003L + millis / 60_000);
      if (minute % 600 == 1) {
        return -1;
      }
      return 1 + (int) (mix(target * 31L + millis) % 8);
    }

    @Override
    public ProbeResult answer(int target, long millis) {
      long minute = mix(target * 100_003L + millis / 60_000);
      return minute % 600 == 0 ? BROKEN : ProbeResult.healthy();
    }

    /** SplitMix64's finalizer, without the sign. */
    private static long mix(long value) {
      long z = value + 0x9e3779b97f4a7c15L;
      z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
      z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
      return (z ^ (z >>> 31)) >>> 1;
    }
  }
}
