package io.spinforge.metrics;

import io.spinforge.metrics.bind.Catalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Files for those who look at the meters: a Grafana dashboard and Prometheus alerting rules. Both
 * are generated from the list of meters of this version, so no name in them is one that it does not
 * have. Thread-safe; nothing is kept.
 *
 * <p>{@code java -cp … io.spinforge.metrics.Artifacts folder} writes them, with the rules of the
 * default goals.
 */
public final class Artifacts {
  private static final String DASHBOARD = "spinforge-dashboard.json";
  private static final String ALERTS = "spinforge-alerts.yml";
  private static final String GOALS = "spinforge-goals.yml";

  private Artifacts() {}

  /** Returns a dashboard to be imported into Grafana 10 or newer: one panel a meter. */
  public static String grafana() {
    return GrafanaBoard.json(List.of(Catalogue.values()));
  }

  /**
   * Returns alerting rules about the components, for Prometheus: each with {@code severity} page or
   * ticket. Rules about goals come from {@link PerformanceGoals#toPrometheusRules()}.
   */
  public static String alerts() {
    return AlertRules.yaml();
  }

  /**
   * Writes {@code spinforge-dashboard.json}, {@code spinforge-alerts.yml} and {@code
   * spinforge-goals.yml} into a folder, which is made if it is not there.
   *
   * @throws IOException if they cannot be written
   */
  public static void writeTo(Path folder, PerformanceGoals goals) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(DASHBOARD), grafana());
    Files.writeString(folder.resolve(ALERTS), alerts());
    Files.writeString(folder.resolve(GOALS), goals.toPrometheusRules());
  }

  /**
   * Writes the files, with the default goals.
   *
   * @param args the folder
   * @throws IOException if they cannot be written
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 1) {
      throw new IllegalArgumentException("arguments: " + args.length + " (expected: a folder)");
    }
    writeTo(Path.of(args[0]), PerformanceGoals.defaults());
  }
}
