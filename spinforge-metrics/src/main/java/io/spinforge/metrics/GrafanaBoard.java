package io.spinforge.metrics;

import io.micrometer.core.instrument.Meter;
import io.spinforge.metrics.bind.Catalogue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A Grafana dashboard: a row a component, a panel a meter. */
final class GrafanaBoard {
  private static final int WIDTH = 8;
  private static final int HEIGHT = 7;
  private static final int COLUMNS = 24 / WIDTH;
  private static final String RATE = "[$__rate_interval]";
  private static final String DATASOURCE =
      "\"datasource\":{\"type\":\"prometheus\",\"uid\":\"${datasource}\"}";

  private final List<String> panels = new ArrayList<>();
  private int y;

  private GrafanaBoard() {}

  static String json(List<Catalogue> meters) {
    GrafanaBoard board = new GrafanaBoard();
    Map<String, List<Catalogue>> rows =
        meters.stream()
            .collect(
                Collectors.groupingBy(GrafanaBoard::row, LinkedHashMap::new, Collectors.toList()));
    rows.forEach(board::add);
    return "{\"title\":\"SpinForge\",\"uid\":\"spinforge\",\"schemaVersion\":39,\"version\":1,"
        + "\"editable\":true,\"refresh\":\"10s\",\"tags\":[\"spinforge\"],"
        + "\"time\":{\"from\":\"now-1h\",\"to\":\"now\"},"
        + "\"templating\":{\"list\":[{\"name\":\"datasource\",\"type\":\"datasource\","
        + "\"query\":\"prometheus\"}]},\"panels\":[\n"
        + String.join(",\n", board.panels)
        + "\n]}\n";
  }

  private static String row(Catalogue meter) {
    String[] parts = meter.id().split("\\.", 3);
    if (!parts[0].equals("spinforge")) {
      return "HTTP";
    }
    return switch (parts[1]) {
      case "cache" -> "Cache";
      case "balance" -> "Balancer";
      case "health" -> "Health";
      case "registry" -> "Registry";
      case "scaling" -> "Scaling";
      case "goal" -> "Goals";
      case "doctor" -> "Doctor";
      default -> "Container and host";
    };
  }

  private void add(String row, List<Catalogue> meters) {
    panels.add(
        "{\"type\":\"row\",\"title\":"
            + Json.quoted(row)
            + ",\"collapsed\":false,"
            + at(0, 24, 1)
            + ",\"panels\":[]}");
    y++;
    for (int i = 0; i < meters.size(); i++) {
      panels.add(panel(meters.get(i), i % COLUMNS * WIDTH));
      if (i % COLUMNS == COLUMNS - 1 || i == meters.size() - 1) {
        y += HEIGHT;
      }
    }
  }

  private String at(int x, int width, int height) {
    return "\"gridPos\":{\"x\":" + x + ",\"y\":" + y + ",\"w\":" + width + ",\"h\":" + height + "}";
  }

  private String panel(Catalogue meter, int x) {
    List<String> queries = queries(meter);
    String legend =
        meter.tags().stream()
            .map(tag -> "{{" + tag + "}}")
            .collect(Collectors.joining(" ", "", queries.size() > 1 ? " " : ""));
    List<String> targets = new ArrayList<>();
    String[] names = {"mean", "max"};
    for (int i = 0; i < queries.size(); i++) {
      targets.add(
          "{\"refId\":\""
              + (char) ('A' + i)
              + "\","
              + DATASOURCE
              + ",\"expr\":"
              + Json.quoted(queries.get(i))
              + ",\"legendFormat\":"
              + Json.quoted(queries.size() > 1 ? legend + names[i] : legend)
              + "}");
    }
    return "{\"type\":\"timeseries\",\"title\":"
        + Json.quoted(meter.id())
        + ",\"description\":"
        + Json.quoted(meter.description())
        + ","
        + DATASOURCE
        + ","
        + at(x, WIDTH, HEIGHT)
        + ",\"fieldConfig\":{\"defaults\":{\"unit\":"
        + Json.quoted(unit(meter))
        + ",\"min\":0},\"overrides\":[]},\"targets\":["
        + String.join(",", targets)
        + "]}";
  }

  private static List<String> queries(Catalogue meter) {
    String name = Prometheus.name(meter);
    String by = meter.tags().isEmpty() ? "" : " by (" + String.join(", ", meter.tags()) + ")";
    if (meter.type() == Meter.Type.TIMER || meter.type() == Meter.Type.DISTRIBUTION_SUMMARY) {
      return List.of(
          "sum%s (rate(%s_sum%s)) / sum%s (rate(%s_count%s))"
              .formatted(by, name, RATE, by, name, RATE),
          "max%s (%s_max)".formatted(by, name));
    }
    return List.of(
        meter.type() == Meter.Type.COUNTER
            ? "sum%s (rate(%s%s))".formatted(by, name, RATE)
            : "%s%s (%s)".formatted(aggregation(meter), by, name));
  }

  /** Counts add up over instances; of levels, shares and switches the worst one counts. */
  private static String aggregation(Catalogue meter) {
    return switch (meter) {
      case CACHE_REDIS_UP, GOAL_BUDGET -> "min";
      case GOAL_VALUE,
          GOAL_LEVEL,
          GOAL_BURN_RATE,
          DOCTOR_FINDINGS,
          HOST_PRESSURE,
          BALANCE_PANIC,
          BALANCE_MEMBERS,
          BALANCE_WEIGHT,
          HEALTH_PANIC,
          HEALTH_STATUS,
          HEALTH_EFFECTIVE,
          REGISTRY_INSTANCES,
          REGISTRY_HEARTBEAT_AGE,
          REGISTRY_SERVICES,
          SCALING_REPLICAS,
          SCALING_DEMAND,
          SCALING_FORECAST ->
          "max";
      default -> "sum";
    };
  }

  private static String unit(Catalogue meter) {
    String base = meter.baseUnit();
    if (meter.type() == Meter.Type.TIMER) {
      return "s";
    }
    if (meter.type() == Meter.Type.COUNTER) {
      return "bytes".equals(base) ? "Bps" : "seconds".equals(base) ? "percentunit" : "ops";
    }
    return "bytes".equals(base) ? "bytes" : "seconds".equals(base) ? "s" : "short";
  }
}
