package io.spinforge.benchmarks.sim.cache;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Plays seeded schedules of the cache's protocol: {@code CacheSimulation [schedules [first seed]]},
 * a million from seed 1 if it is not told, on as many threads as there are processors. Ends at the
 * first that goes wrong and names its seed; {@code -Dsimulation.trace=true} then shows what happens
 * in it. The hash that it prints is of all that has happened, and the same on every machine.
 *
 * <p>{@code CacheSimulation mutants [most]} says for each {@link Mutant} which seed is the first
 * that catches it, of so many (100,000).
 */
public final class CacheSimulation {
  static {
    System.setProperty("org.slf4j.simpleLogger.log.io.spinforge.cache", "off"); // by the million
  }

  private static final int SUMMARY_EVERY = 50_000;

  private final VirtualTime.Crew crew = new VirtualTime.Crew();
  private final Tally tally = new Tally();

  /** Plays the schedules and says what was seen. */
  public static void main(String[] args) {
    if (args.length > 0 && args[0].equals("mutants")) {
      int most = args.length > 1 ? Integer.parseInt(args[1]) : 100_000;
      for (Mutant mutant : Mutant.values()) {
        System.out.printf("%s: %,d%n", mutant, caught(mutant, 1, most));
      }
      System.exit(0);
    }
    long schedules = args.length > 0 ? Long.parseLong(args[0]) : 1_000_000;
    long first = args.length > 1 ? Long.parseLong(args[1]) : 1;
    long started = System.nanoTime();
    Tally seen = new Tally();
    try {
      for (long from = first; from < first + schedules; from += SUMMARY_EVERY) {
        seen.add(playAll(from, Math.min(SUMMARY_EVERY, first + schedules - from)));
        double seconds = (double) (System.nanoTime() - started) / TimeUnit.SECONDS.toNanos(1);
        System.out.printf("%s; %.0f a second%n", seen, seen.schedules() / seconds);
      }
    } catch (AssertionError e) {
      e.printStackTrace(System.out);
      System.exit(1);
    }
    System.exit(0);
  }

  /**
   * Plays schedules on all processors and returns what was seen.
   *
   * @throws AssertionError if one goes wrong, naming its seed
   */
  static Tally playAll(long first, long schedules) {
    Tally seen = new Tally();
    search(
        first,
        schedules,
        seen,
        simulation ->
            seed -> {
              try {
                simulation.play(seed, null);
              } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ": " + e, e);
              }
              return false;
            });
    return seen;
  }

  /** Returns the first seed, of {@code most}, whose schedule catches the mutant; 0 if none does. */
  static long caught(Mutant mutant, long first, int most) {
    return search(
        first,
        most,
        new Tally(),
        simulation ->
            seed -> {
              try {
                simulation.play(seed, mutant);
                return false;
              } catch (Oracle.StaleRead e) {
                return true;
              }
            });
  }

  /** Plays one schedule; throws if a value was served that must not be, or a node does not heal. */
  void play(long seed, @Nullable Mutant mutant) {
    new Schedule(seed, crew, tally, mutant).run();
  }

  /** Returns what was seen so far. */
  Tally tally() {
    return tally;
  }

  /** Returns the lowest seed that is found, or 0; those below it were all played. */
  private static long search(long first, long schedules, Tally seen, Player player) {
    AtomicLong next = new AtomicLong(first);
    AtomicLong found = new AtomicLong(Long.MAX_VALUE);
    int threads = Runtime.getRuntime().availableProcessors();
    CompletableFuture<?>[] done =
        IntStream.range(0, threads)
            .mapToObj(
                i -> {
                  CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
                  Thread thread =
                      new Thread(() -> take(player, seen, next, first + schedules, found, end));
                  thread.setDaemon(true);
                  thread.start();
                  return end;
                })
            .toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(done).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    }
    return found.get() == Long.MAX_VALUE ? 0 : found.get();
  }

  private static void take(
      Player player,
      Tally seen,
      AtomicLong next,
      long end,
      AtomicLong found,
      CompletableFuture<@Nullable Void> done) {
    try {
      CacheSimulation simulation = new CacheSimulation();
      LongPredicate finds = player.with(simulation);
      long seed;
      while ((seed = next.getAndIncrement()) < Math.min(end, found.get())) {
        if (finds.test(seed)) {
          found.accumulateAndGet(seed, Math::min);
        }
      }
      seen.add(simulation.tally);
      done.complete(null);
    } catch (Throwable e) {
      next.set(end); // the others need not go on
      done.completeExceptionally(e);
    }
  }

  /** Makes what a thread does with each seed. */
  @FunctionalInterface
  private interface Player {
    /** Returns what tells whether a seed is one that is looked for. */
    LongPredicate with(CacheSimulation simulation);
  }
}
