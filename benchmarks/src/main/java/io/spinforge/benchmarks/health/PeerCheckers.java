package io.spinforge.benchmarks.health;

import io.spinforge.benchmarks.health.Watching.Make;
import io.spinforge.benchmarks.health.Watching.Settings;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The same bad days for several checkers: processes that are killed, that hang, a checker that is
 * stopped itself, and targets of which most and then all are gone. All check every 5 s and wait for
 * 2 s; who counts failures counts to 3, and to 1 where the checker is stopped.
 *
 * <p>{@code PeerCheckers [make…]}, by default all: spinforge, naive, armeria.
 */
public final class PeerCheckers {
  private static final int PROCESSES = 8;
  private static final int PAUSES = 3;
  private static final int PAUSED_TARGETS = 500;
  private static final long PAUSE_MILLIS = 4_000;
  private static final int DYING = 6;
  private static final int REST = 4;

  private PeerCheckers() {}

  /** Prints a line each. */
  public static void main(String[] args) throws Exception {
    List<Make> makes = new ArrayList<>();
    for (String arg : args) {
      makes.add(Make.of(arg));
    }
    for (Make make : makes.isEmpty() ? List.of(Make.values()) : makes) {
      double[] killed = Crashes.killed(make, PROCESSES);
      double[] hung = Crashes.hung(make, PROCESSES);
      long[] pauses = {PAUSE_MILLIS, PAUSE_MILLIS, PAUSES};
      int falls = Pauses.paused(List.of(make), PAUSED_TARGETS, PAUSED_TARGETS, pauses)[0];
      int[] offered = offered(make);
      System.out.printf(
          Locale.ROOT,
          "%s: killed, out after %.2f s (median), %.2f s (longest); hung, %.1f s, %.1f s; itself"
              + " stopped %d times for %d s, %d times one of %d fit targets called unfit; offered"
              + " when %d of %d are gone: %d, when all are: %d%n",
          make,
          Crashes.at(killed, 0.5) / 1e3,
          Crashes.at(killed, 1) / 1e3,
          Crashes.at(hung, 0.5) / 1e3,
          Crashes.at(hung, 1) / 1e3,
          PAUSES,
          PAUSE_MILLIS / 1_000,
          falls,
          PAUSED_TARGETS,
          DYING,
          DYING + REST,
          offered[0],
          offered[1]);
    }
    System.exit(0);
  }

  /** Returns how many targets are offered when most have failed, and when all have. */
  private static int[] offered(Make make) throws Exception {
    Set<URI> unfit = ConcurrentHashMap.newKeySet();
    try (Child dying = Watching.targets(DYING, 0);
        Child rest = Watching.targets(REST, 0)) {
      List<URI> targets = new ArrayList<>();
      dying.ports().forEach(port -> targets.add(Watching.uri(port)));
      rest.ports().forEach(port -> targets.add(Watching.uri(port)));
      try (Watching watching =
          Watching.start(
              make,
              new Settings(5_000, 2_000, 3),
              targets,
              (target, fit) -> {
                boolean unused = fit ? unfit.remove(target) : unfit.add(target);
              })) {
        Crashes.await(() -> watching.offered().size() == targets.size());
        dying.kill();
        Crashes.await(() -> unfit.size() == DYING);
        int most = watching.offered().size();
        rest.kill();
        Crashes.await(() -> unfit.size() == DYING + REST);
        return new int[] {most, watching.offered().size()};
      }
    }
  }
}
