package io.spinforge.benchmarks.sim.cache;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Plays seeded schedules of the cache's protocol: {@code CacheSimulation [schedules [first seed]]},
 * a million from seed 1 if it is not told, on as many threads as there are processors. Ends at the
 * first that goes wrong and names its seed; {@code -Dsimulation.trace=true} then shows what happens
 * in it.
 */
public final class CacheSimulation {
  static {
    System.setProperty("org.slf4j.simpleLogger.log.io.spinforge.cache", "off"); // by the million
  }

  private static final int SUMMARY_EVERY = 20_000;

  private final VirtualTime.Crew crew = new VirtualTime.Crew();
  private final Schedule.Tally tally = new Schedule.Tally();

  /** Plays the schedules and says what was seen. */
  public static void main(String[] args) throws InterruptedException {
    long schedules = args.length > 0 ? Long.parseLong(args[0]) : 1_000_000;
    long first = args.length > 1 ? Long.parseLong(args[1]) : 1;
    AtomicLong next = new AtomicLong(first);
    long end = first + schedules;
    Thread[] threads = new Thread[Runtime.getRuntime().availableProcessors()];
    for (int i = 0; i < threads.length; i++) {
      threads[i] = new Thread(() -> playAll(next, end));
      threads[i].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    System.exit(0);
  }

  /** Plays one schedule; throws if a value was served that must not be, or a node does not heal. */
  void play(long seed, @Nullable Mutant mutant) {
    new Schedule(seed, crew, tally, mutant).run();
  }

  /** Returns the first seed, of {@code most}, whose schedule catches the mutant; 0 if none does. */
  long caught(Mutant mutant, int most) {
    for (long seed = 1; seed <= most; seed++) {
      try {
        play(seed, mutant);
      } catch (Oracle.StaleRead e) {
        return seed;
      }
    }
    return 0;
  }

  /** Returns how many reads were answered by memory, Redis and a loader. */
  long[] reads() {
    return tally.reads.clone();
  }

  private static void playAll(AtomicLong next, long end) {
    CacheSimulation simulation = new CacheSimulation();
    long started = System.nanoTime();
    long seed;
    while ((seed = next.getAndIncrement()) < end) {
      try {
        simulation.play(seed, null);
      } catch (RuntimeException | Error e) {
        System.out.println("seed " + seed + ": " + e);
        e.printStackTrace(System.out);
        System.exit(1);
      }
      if (simulation.tally.schedules % SUMMARY_EVERY == 0) {
        System.out.println(simulation.summary(System.nanoTime() - started));
      }
    }
    System.out.println(simulation.summary(System.nanoTime() - started));
  }

  private String summary(long nanos) {
    double seconds = (double) nanos / TimeUnit.SECONDS.toNanos(1);
    return String.format(
        "%s: %,d schedules, %.0f a second, reads from memory, redis, loader: %s, expired ones %,d,"
            + " of many %,d, awaited everywhere %,d, none invalidated",
        Thread.currentThread().getName(),
        tally.schedules,
        tally.schedules / seconds,
        Arrays.toString(tally.reads),
        tally.stale,
        tally.bulk,
        tally.awaited);
  }
}
