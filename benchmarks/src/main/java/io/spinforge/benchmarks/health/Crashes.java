package io.spinforge.benchmarks.health;

import io.spinforge.benchmarks.health.Watching.Make;
import io.spinforge.benchmarks.health.Watching.Settings;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * How long a process that was killed, or that hangs, is still in the list to which requests go, at
 * an interval of 5 s.
 *
 * <p>{@code Crashes [killed] [hung]}. Ends with 1 if a goal is missed.
 */
public final class Crashes {
  private static final Settings SETTINGS = new Settings(5_000, 2_000, 3);

  /** So many that those that die are never half of all. */
  private static final int OTHERS = 40;

  private static final int BATCH = 10;

  /** Who is in the list for longer is still in it: infinitely long. */
  private static final long LONGEST_SECONDS = 60;

  private Crashes() {}

  /** What is done to a process; returns when. */
  private interface Deed {
    long to(Child process) throws Exception;
  }

  /** Takes the numbers above; by default 20 and 10. */
  public static void main(String[] args) throws Exception {
    int killed = args.length > 0 ? Integer.parseInt(args[0]) : 20;
    int hung = args.length > 1 ? Integer.parseInt(args[1]) : 10;
    double[] out = killed(Make.SPINFORGE, killed);
    System.out.printf(
        Locale.ROOT,
        "%d killed: out of the list after %.0f ms (median), %.0f ms (p99; goal: 300 ms)%n",
        out.length,
        at(out, 0.5),
        at(out, 0.99));
    double[] silent = hung(Make.SPINFORGE, hung);
    System.out.printf(
        Locale.ROOT,
        "%d hung: out of the list after %.1f s (median), %.1f s (longest; goal: 8 s, and up to"
            + " 1 s of jitter)%n",
        silent.length,
        at(silent, 0.5) / 1e3,
        at(silent, 1) / 1e3);
    System.exit(at(out, 0.99) <= 300 && at(silent, 1) <= 9_000 ? 0 : 1);
  }

  /** Kills so many processes and returns after how many milliseconds each was out, sorted. */
  static double[] killed(Make make, int processes) throws Exception {
    return rounds(make, processes, Child::kill);
  }

  /** Stops so many processes and returns after how many milliseconds each was out, sorted. */
  static double[] hung(Make make, int processes) throws Exception {
    return rounds(make, processes, Child::stop);
  }

  /** Returns a quantile of sorted values. */
  static double at(double[] sorted, double quantile) {
    return sorted[(int) Math.min(sorted.length - 1L, Math.round(quantile * sorted.length))];
  }

  private static double[] rounds(Make make, int processes, Deed deed) throws Exception {
    SplittableRandom random = new SplittableRandom(42);
    double[] millis = new double[processes];
    try (Child others = Watching.targets(OTHERS, 0)) {
      List<URI> living = others.ports().stream().map(Watching::uri).toList();
      for (int from = 0; from < processes; from += BATCH) {
        double[] some =
            batch(
                make,
                living,
                Math.min(BATCH, processes - from),
                (child) -> later(random, child, deed));
        System.arraycopy(some, 0, millis, from, some.length);
      }
    }
    Arrays.sort(millis);
    return millis;
  }

  private static long later(SplittableRandom random, Child process, Deed deed) throws Exception {
    // At another moment of the interval each.
    TimeUnit.MILLISECONDS.sleep(random.nextLong(300, 1_300));
    return deed.to(process);
  }

  private static double[] batch(Make make, List<URI> living, int processes, Deed deed)
      throws Exception {
    Map<URI, Child> mortal = new LinkedHashMap<>();
    try {
      for (int i = 0; i < processes; i++) {
        Child process = Watching.targets(1, 0);
        mortal.put(Watching.uri(process.ports().get(0)), process);
      }
      return watched(make, living, mortal, deed);
    } finally {
      mortal.values().forEach(Child::close);
    }
  }

  private static double[] watched(Make make, List<URI> living, Map<URI, Child> mortal, Deed deed)
      throws Exception {
    Map<URI, Long> out = new ConcurrentHashMap<>();
    List<URI> all = new ArrayList<>(living);
    all.addAll(mortal.keySet());
    try (Watching watching =
        Watching.start(
            make,
            SETTINGS,
            all,
            (target, fit) -> {
              if (!fit) {
                out.put(target, System.nanoTime());
              }
            })) {
      await(() -> watching.offered().size() == all.size());
      // Until each has been asked, on a connection that it knows.
      TimeUnit.MILLISECONDS.sleep(SETTINGS.intervalMillis());
      Map<URI, Long> done = new LinkedHashMap<>();
      for (Map.Entry<URI, Child> one : mortal.entrySet()) {
        done.put(one.getKey(), deed.to(one.getValue()));
      }
      boolean ended = reached(() -> out.keySet().containsAll(done.keySet()), LONGEST_SECONDS);
      if (ended && out.size() > done.size()) {
        throw new IllegalStateException("one that lives was taken out");
      }
      return done.entrySet().stream()
          .mapToDouble(
              e -> {
                Long at = out.get(e.getKey());
                return at == null ? Double.POSITIVE_INFINITY : (at - e.getValue()) / 1e6;
              })
          .toArray();
    }
  }

  static void await(BooleanSupplier condition) throws Exception {
    if (!reached(condition, 2 * LONGEST_SECONDS)) {
      throw new TimeoutException("not within " + 2 * LONGEST_SECONDS + " s");
    }
  }

  private static boolean reached(BooleanSupplier condition, long seconds) throws Exception {
    long begun = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(seconds)) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(1);
    }
    return true;
  }
}
