package io.spinforge.benchmarks.health;

import io.spinforge.benchmarks.health.Watching.Make;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * How many fit targets a checker calls unfit because it did not run itself: stopped as a whole for
 * seconds, or short of CPU, which here is to be stopped most of the time. Beside this project's
 * checker one that fires its timers before it looks at its sockets, stopped at the same times. A
 * single failure takes a target out (fall 1), which is harder than the default.
 *
 * <p>{@code Pauses [pauses] [targets] [seconds short of CPU] [targets then]}. Ends with 1 if a goal
 * is missed.
 */
public final class Pauses {
  /** Answers take 300 ms, so that many are under way when the checker is stopped. */
  private static final long ANSWER_MILLIS = 300;

  private static final int PORTS = 50;
  private static final List<Make> MAKES = List.of(Make.SPINFORGE, Make.NAIVE);

  private final SplittableRandom random = new SplittableRandom(42);
  private final List<Child> children = new ArrayList<>();
  private final List<Child> checkers = new ArrayList<>();

  /** Starts checkers of so many targets each. */
  private Pauses(List<Make> makes, int targets, int ports, long timeoutMillis) throws Exception {
    for (Make make : makes) {
      Child server = Watching.targets(ports, ANSWER_MILLIS);
      children.add(server);
      List<String> args = new ArrayList<>();
      args.addAll(List.of(make.name(), "5000", Long.toString(timeoutMillis), "1"));
      args.add(Integer.toString(targets));
      server.ports().forEach(port -> args.add(Integer.toString(port)));
      Child checker = new Child(WatchingMain.class, args.toArray(String[]::new));
      children.add(checker);
      checkers.add(checker);
    }
    for (Child checker : checkers) {
      if (!checker.line().equals("ready")) {
        throw new IllegalStateException("no checker");
      }
    }
  }

  /** Takes the numbers above; by default 8 pauses, 2,000 targets, 30 seconds, 1,000 targets. */
  public static void main(String[] args) throws Exception {
    int pauses = args.length > 0 ? Integer.parseInt(args[0]) : 8;
    int targets = args.length > 1 ? Integer.parseInt(args[1]) : 2_000;
    long seconds = args.length > 2 ? Long.parseLong(args[2]) : 30;
    int starvedTargets = args.length > 3 ? Integer.parseInt(args[3]) : 1_000;
    int[] paused = paused(MAKES, targets, PORTS, new long[] {1_000, 10_000, pauses});
    System.out.printf(
        Locale.ROOT,
        "%d pauses of 1 to 10 s, %,d targets: %d times called unfit (goal: 0), by a naive loop %,d"
            + " times%n",
        pauses,
        targets,
        paused[0],
        paused[1]);
    int[] starved = starved(starvedTargets, seconds);
    System.out.printf(
        Locale.ROOT,
        "%d s with hardly any CPU, %,d targets: %d times called unfit, by a naive loop %,d times"
            + " (goal: 50 times fewer)%n",
        seconds,
        starvedTargets,
        starved[0],
        starved[1]);
    System.exit(paused[0] == 0 && starved[1] > 0 && starved[0] * 50 <= starved[1] ? 0 : 1);
  }

  /**
   * Returns how often each make calls a target unfit when it is stopped and resumed.
   *
   * @param pauses the shortest and the longest one in milliseconds, and how many
   */
  static int[] paused(List<Make> makes, int targets, int ports, long[] pauses) throws Exception {
    Pauses run = new Pauses(makes, targets, ports, 1_000);
    try {
      for (int i = 0; i < pauses[2]; i++) {
        run.pause(run.random.nextLong(pauses[0], pauses[1] + 1));
        TimeUnit.MILLISECONDS.sleep(2_500);
      }
      return run.falls();
    } finally {
      run.children.forEach(Child::close);
    }
  }

  private static int[] starved(int targets, long seconds) throws Exception {
    Pauses run = new Pauses(MAKES, targets, PORTS, 500);
    try {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      while (System.nanoTime() - end < 0) {
        run.pause(run.random.nextLong(300, 900));
        TimeUnit.MILLISECONDS.sleep(run.random.nextLong(5, 50));
      }
      TimeUnit.MILLISECONDS.sleep(2_500);
      return run.falls();
    } finally {
      run.children.forEach(Child::close);
    }
  }

  private void pause(long millis) throws Exception {
    for (Child checker : checkers) {
      checker.stop();
    }
    // What is tested is the time that passes without them.
    TimeUnit.MILLISECONDS.sleep(millis);
    for (Child checker : checkers) {
      checker.resume();
    }
  }

  private int[] falls() throws Exception {
    int[] falls = new int[checkers.size()];
    for (int i = 0; i < falls.length; i++) {
      checkers.get(i).poke();
      falls[i] = Integer.parseInt(checkers.get(i).line());
    }
    return falls;
  }
}
