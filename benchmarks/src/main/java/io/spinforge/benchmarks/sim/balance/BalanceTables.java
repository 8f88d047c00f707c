package io.spinforge.benchmarks.sim.balance;

import io.spinforge.balance.limit.Limit;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongToDoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/**
 * Prints the tables of the simulator: {@code slow}, {@code antagonists}, {@code blackhole}, {@code
 * outage} and {@code overload}, or all of them. The seeds are fixed, so a table is the same on
 * every machine.
 */
public final class BalanceTables {
  private static final long[] SEEDS = LongStream.range(0, 20).toArray();
  private static final long[] FEW_SEEDS = {10, 11, 12};
  private static final double[] LOADS = {0.7, 0.9, 1.74};

  private final PrintStream out;

  private BalanceTables(PrintStream out) {
    this.out = out;
  }

  /** Prints the tables named, all if none is. */
  public static void main(String... names) {
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "error");
    BalanceTables tables = new BalanceTables(System.out);
    Map<String, Runnable> known = new LinkedHashMap<>();
    known.put("slow", tables::slow);
    known.put("antagonists", tables::antagonists);
    known.put("blackhole", tables::blackHole);
    known.put("outage", tables::outage);
    known.put("overload", tables::overload);
    for (String name : names.length == 0 ? known.keySet() : List.of(names)) {
      Runnable table = known.get(name);
      if (table == null) {
        throw new IllegalArgumentException(
            "table: " + name + " (expected: " + known.keySet() + ")");
      }
      long start = System.nanoTime();
      table.run();
      tables.row("(%.1f s)%n", (System.nanoTime() - start) / 1e9);
    }
  }

  @SuppressWarnings("AnnotateFormatMethod") // for a handful of lines in this file
  private void row(String format, Object... values) {
    out.printf(Locale.ROOT, format, values);
  }

  private static double mean(long[] seeds, LongToDoubleFunction one) {
    return LongStream.of(seeds).mapToDouble(one).average().orElseThrow();
  }

  private static List<Contender> plain() {
    return List.of(
        Contender.roundRobin(),
        Contender.leastLoaded(),
        Contender.powerOfTwo(),
        Contender.peakEwma(),
        Contender.adaptive());
  }

  private void slow() {
    row("One of 11 servers takes 2 s for half a minute; mean of %d seeds%n", SEEDS.length);
    row(
        "%-20s %10s %10s %10s %10s %10s%n",
        "", "success %", "worst", "gives up %", "recovered", "hedges %");
    List<Contender> all = new ArrayList<>(plain());
    all.add(SlowBackend.hedged());
    for (Contender contender : all) {
      List<SlowBackend.Result> waits =
          LongStream.of(SEEDS).mapToObj(seed -> SlowBackend.run(contender, false, seed)).toList();
      row(
          "%-20s %10.4f %10.4f %10.4f %10.3f %10.4f%n",
          contender.name(),
          waits.stream().mapToDouble(SlowBackend.Result::success).average().orElseThrow(),
          waits.stream().mapToDouble(SlowBackend.Result::success).min().orElseThrow(),
          mean(SEEDS, seed -> SlowBackend.run(contender, true, seed).success()),
          waits.stream().mapToDouble(SlowBackend.Result::recovered).min().orElseThrow(),
          waits.stream().mapToDouble(SlowBackend.Result::extra).max().orElseThrow());
    }
    row("gives up: callers cancel after 1 s; recovered: least share of the last 10 s, 1 is even%n");
  }

  private void antagonists() {
    row("100 clients, 100 servers with neighbours; p99 in ms / failed %%, mean of 3 seeds%n");
    row("%-20s %16s %16s %16s%n", "load", "0.70", "0.90", "1.74");
    Map<String, Antagonists.Fleet> fleets = new LinkedHashMap<>();
    fleets.put("weighted by load", WeightedByLoad::new);
    plain().forEach(contender -> fleets.put(contender.name(), Antagonists.of(contender)));
    fleets.put("C3 with probes", CubicReplicas::new);
    fleets.put("Prequal (0.84)", Antagonists.probing(0.84));
    fleets.put("hotCold (0.5)", Antagonists.probing(0.5));
    fleets.forEach(
        (name, fleet) -> {
          row("%-20s", name);
          // Each run has a world of its own, so they may be played side by side.
          List<List<Antagonists.Result>> runs =
              DoubleStream.of(LOADS)
                  .boxed()
                  .parallel()
                  .map(load -> antagonists(fleet, load))
                  .toList();
          for (List<Antagonists.Result> ofLoad : runs) {
            row(
                " %8.0f /%6.3f",
                ofLoad.stream().mapToDouble(Antagonists.Result::p99).average().orElseThrow(),
                ofLoad.stream().mapToDouble(Antagonists.Result::failed).average().orElseThrow());
          }
          row("%n");
        });
  }

  private static List<Antagonists.Result> antagonists(Antagonists.Fleet fleet, double load) {
    return LongStream.of(FEW_SEEDS)
        .parallel()
        .mapToObj(seed -> Antagonists.run(fleet, load, 30, seed))
        .toList();
  }

  private void blackHole() {
    row("Two of 20 servers fail in 1 ms; failed %%, mean of %d seeds%n", SEEDS.length);
    each(plain(), contender -> mean(SEEDS, seed -> BlackHole.run(contender, seed)));
  }

  private void outage() {
    row("Nobody answers, up to four attempts; attempts per request%n");
    each(
        List.of(Outage.unbudgeted(), Outage.budgeted(0.2)),
        contender -> mean(FEW_SEEDS, seed -> Outage.run(contender, seed)));
  }

  private void overload() {
    row("Three times what one server can do; answered in time, %% of its capacity%n");
    List<Contender> contenders = new ArrayList<>();
    contenders.add(Overload.nobody());
    for (int fixed : new int[] {10, 15, 20, 30, 50, 100}) {
      contenders.add(Overload.limited("fixed " + fixed, Limit.fixed(fixed)));
    }
    contenders.add(Overload.limited("gradient", Limit.gradient()));
    contenders.add(Overload.limited("Vegas", Limit.vegas()));
    contenders.add(Overload.limited("AIMD", Limit.aimd().timeout(Duration.ofMillis(400))));
    each(contenders, contender -> mean(FEW_SEEDS, seed -> Overload.run(contender, seed)));
  }

  private void each(List<Contender> contenders, ToDoubleFunction<Contender> figure) {
    Consumer<Contender> print =
        contender -> row("%-20s %10.4f%n", contender.name(), figure.applyAsDouble(contender));
    contenders.forEach(print);
  }
}
