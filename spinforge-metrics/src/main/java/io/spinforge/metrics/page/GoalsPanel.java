package io.spinforge.metrics.page;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The goals, each with how it went lately; burn rate and budget where the registry has them. */
final class GoalsPanel implements Panel {
  private static final String BURN = "spinforge.goal.burn.rate";
  private static final String BUDGET = "spinforge.goal.budget.remaining";

  private final Supplier<List<GoalRow>> goals;
  private final MeterIndex meters;
  private final int history;
  private final Map<String, Ring> trends = new HashMap<>();
  private List<GoalRow> rows = List.of();

  GoalsPanel(Supplier<List<GoalRow>> goals, MeterIndex meters, int history) {
    this.goals = goals;
    this.meters = meters;
    this.history = history;
  }

  @Override
  public String id() {
    return "goals";
  }

  @Override
  public String title() {
    return "Goals";
  }

  @Override
  public void sample() {
    rows = goals.get();
    for (GoalRow row : rows) {
      trends.computeIfAbsent(row.goal(), name -> new Ring(history)).add(row.value());
    }
  }

  @Override
  public List<Reason> reasons() {
    List<Reason> reasons = new ArrayList<>();
    for (GoalRow row : rows) {
      if (row.level() == Level.WARN || row.level() == Level.CRITICAL) {
        String bound = row.level() == Level.WARN ? row.targetText() : row.criticalText();
        String whole = bound.replace(' ', '\u00A0'); // so that no line ends within it
        String text = row.goal() + " is " + row.valueText() + ", should be " + whole;
        reasons.add(new Reason(row.level(), text, id()));
      }
    }
    return reasons;
  }

  /** Whether any goal could be judged. */
  boolean isJudged() {
    return rows.stream().anyMatch(row -> row.level() != Level.UNKNOWN);
  }

  List<GoalRow> rows() {
    return rows;
  }

  @Override
  public void render(Html out) {
    if (rows.isEmpty()) {
      out.empty("No goals are set. Dashboard.builder(metrics).goals(PerformanceGoals.defaults())");
      return;
    }
    boolean budgets = !meters.named(BURN).isEmpty() || !meters.named(BUDGET).isEmpty();
    out.raw("<table class=\"goals\"><thead><tr><th scope=\"col\">goal</th>")
        .raw("<th scope=\"col\" class=\"n\">now</th><th scope=\"col\" class=\"n wide\">target</th>")
        .raw("<th scope=\"col\" class=\"n wide\">critical</th>")
        .raw("<th scope=\"col\" class=\"trend\">trend</th>");
    if (budgets) {
      out.raw("<th scope=\"col\" class=\"n wide\">burn rate</th>")
          .raw("<th scope=\"col\" class=\"wide\">budget left</th>");
    }
    out.raw("<th scope=\"col\">verdict</th></tr></thead><tbody>");
    for (GoalRow row : rows) {
      row(out, row, budgets);
    }
    out.raw("</tbody></table>");
  }

  private void row(Html out, GoalRow row, boolean budgets) {
    out.raw("<tr><th scope=\"row\">").text(row.goal()).raw("</th><td class=\"n now\">");
    out.text(row.valueText()).raw("<small class=\"narrow\">").text(row.targetText());
    out.raw("</small></td><td class=\"n wide\">").text(row.targetText());
    out.raw("</td><td class=\"n wide\">").text(row.criticalText()).raw("</td><td class=\"trend\">");
    trend(out, row);
    out.raw("</td>");
    if (budgets) {
      budget(out, row.goal());
    }
    String word =
        row.level() == Level.UNKNOWN && row.samples() > 0 ? "too few" : row.level().word();
    out.raw("<td>").badge(row.level(), word).raw("</td></tr>");
  }

  private void trend(Html out, GoalRow row) {
    Ring trend = trends.get(row.goal());
    if (trend == null || trend.isEmpty()) {
      return;
    }
    boolean more = row.target() > row.critical();
    double most = Math.max(trend.max(), more ? row.target() : 0);
    // A good value must not look like a bad one: the target is in the picture unless far away.
    double top = Math.max(most * 1.15, Math.min(row.target() * 1.15, most * 4));
    Svg.begin(out, "spark", 28, row.goal() + " lately, highest " + Numbers.plain(trend.max()))
        .level("target", row.target(), top)
        .level("limit", row.critical(), top)
        .line("line " + row.level().style(), trend, top)
        .end();
  }

  private void budget(Html out, String goal) {
    double burn = worst(BURN, goal, true);
    double left = worst(BUDGET, goal, false);
    out.raw("<td class=\"n wide\">").text(Double.isNaN(burn) ? "–" : Numbers.plain(burn) + "×");
    out.raw("</td><td class=\"wide\">");
    if (Double.isNaN(left)) {
      out.raw("–");
    } else {
      double share = Math.min(1, Math.max(0, left));
      Svg.begin(out, "bar", 8, "budget left " + Numbers.share(left))
          .rect("track", 0, 0, Svg.WIDTH, 8)
          .rect(left <= 0 ? "critical" : left < 0.25 ? "warn" : "ok", 0, 0, share * Svg.WIDTH, 8)
          .end();
      out.element("small", "after", Numbers.share(left));
    }
    out.raw("</td>");
  }

  private double worst(String name, String goal, boolean highest) {
    double worst = Double.NaN;
    for (Meter meter : meters.named(name)) {
      if (meter instanceof Gauge gauge && goal.equals(meter.getId().getTag("goal"))) {
        double value = gauge.value();
        if (Double.isNaN(worst) || (highest ? value > worst : value < worst)) {
          worst = value;
        }
      }
    }
    return worst;
  }
}
