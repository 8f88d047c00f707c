package io.spinforge.scaling.backtest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * The outcome of a backtest. Immutable.
 *
 * @param trace the load
 * @param startup time an instance took until it served
 * @param capacity demand that one instance served at most
 * @param ceiling share of it from which it counted as overloaded
 * @param from first time that was counted
 * @param runs the tried autoscaler first, then those beside it
 */
public record Backtest(
    Trace trace,
    Duration startup,
    double capacity,
    double ceiling,
    Instant from,
    List<BacktestRun> runs) {

  /** Copies the runs. */
  public Backtest {
    runs = List.copyOf(runs);
  }

  /** Returns the run of the autoscaler that was tried. */
  public BacktestRun run() {
    return runs.get(0);
  }

  /** Returns one self-contained HTML page: the table and a chart of demand, capacity, decisions. */
  public String html() {
    return new Chart(this).html();
  }

  /**
   * Writes {@link #html()} to a file.
   *
   * @throws IOException if it cannot be written
   */
  public void writeHtml(Path file) throws IOException {
    Files.writeString(file, html(), StandardCharsets.UTF_8);
  }

  /** Returns a table for the console. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(400);
    text.append(
        String.format(
            Locale.ROOT,
            "%s, startup %s, capacity %.4g an instance%n%-24s %10s %8s %8s %10s %10s %10s%n",
            trace.name(),
            startup,
            capacity,
            "",
            "overloaded",
            "lost",
            "mean",
            "x oracle",
            "actions/d",
            "reversed/d"));
    for (BacktestRun run : runs) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-24s %9.2f%% %7.2f%% %8.1f %10.3f %10.1f %10.1f%n",
              run.label(),
              100 * run.overloaded(),
              100 * run.lost(),
              run.instances(),
              run.cost(),
              run.actions(),
              run.reversals()));
    }
    return text.toString();
  }
}
