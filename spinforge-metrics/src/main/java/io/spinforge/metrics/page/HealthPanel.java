package io.spinforge.metrics.page;

import io.spinforge.health.Health;
import io.spinforge.health.HealthChecker;
import io.spinforge.health.HealthStats;
import io.spinforge.health.HealthView;
import io.spinforge.health.Status;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A health checker: how each of its targets was over time. */
final class HealthPanel<T> implements Panel {
  private static final int MOST = 16;

  /** Targets whose history is kept: a checker may have thousands. */
  private static final int KEPT = 200;

  private final String id;
  private final String name;
  private final HealthChecker<T> checker;
  private final Function<Object, String> naming;
  private final Clocking clocking;
  private final Map<T, Ring> timelines = new LinkedHashMap<>();
  private @Nullable HealthStats stats;

  HealthPanel(
      String id,
      String name,
      HealthChecker<T> checker,
      Function<Object, String> naming,
      Clocking clocking) {
    this.id = id;
    this.name = name;
    this.checker = checker;
    this.naming = naming;
    this.clocking = clocking;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String title() {
    return "Health " + name;
  }

  @Override
  public void sample() {
    stats = checker.stats();
    HealthView<T> view = checker.view();
    Set<T> listed = new HashSet<>();
    see(view.unhealthy(), Status.UNHEALTHY, listed);
    see(view.degraded(), Status.DEGRADED, listed);
    see(view.healthy(), Status.HEALTHY, listed);
    see(view.unknown(), Status.UNKNOWN, listed);
    timelines.keySet().retainAll(listed);
  }

  private void see(List<T> targets, Status status, Set<T> listed) {
    for (T target : targets) {
      if (!listed.add(target)) {
        continue;
      }
      Ring timeline = timelines.get(target);
      if (timeline == null && timelines.size() < KEPT) {
        timeline = new Ring(clocking.history());
        timelines.put(target, timeline);
      }
      if (timeline != null) {
        timeline.add(code(status));
      }
    }
  }

  @Override
  public List<Reason> reasons() {
    HealthStats now = stats;
    if (now == null || now.targets() == 0) {
      return List.of();
    }
    List<Reason> reasons = new ArrayList<>();
    if (now.panic()) {
      String text = "health " + name + ": so many are unfit that all are offered";
      reasons.add(new Reason(Level.CRITICAL, text, id));
    } else if (now.unhealthy() > 0) {
      String text = "health " + name + ": " + now.unhealthy() + " of " + now.targets() + " down";
      reasons.add(new Reason(Level.WARN, text, id));
    }
    return reasons;
  }

  @Override
  public void render(Html out) {
    HealthStats now = stats;
    if (now == null || now.targets() == 0) {
      out.empty("It has no targets: nobody has called targets(...) with any.");
      return;
    }
    out.raw("<p class=\"facts\">").element("b", "big", Numbers.count(now.healthy()));
    out.text(" of " + Numbers.count(now.targets()) + " healthy, ");
    out.text(Numbers.count(now.probes()) + " probes, " + Numbers.count(now.timeouts()));
    out.raw(" timeouts</p><p class=\"legend\">").key("ok", "healthy").key("warn", "degraded");
    out.key("critical", "down").key("unknown", "unknown").raw("</p>");
    List<Map.Entry<T, Ring>> targets = new ArrayList<>(timelines.entrySet());
    targets.sort(
        Comparator.comparingInt((Map.Entry<T, Ring> entry) -> rank(entry.getValue().last()))
            .thenComparing(entry -> naming.apply(entry.getKey())));
    out.raw("<table class=\"lines\"><tbody>");
    for (Map.Entry<T, Ring> entry : targets.subList(0, Math.min(MOST, targets.size()))) {
      row(out, entry.getKey(), entry.getValue());
    }
    out.raw("</tbody></table>");
    if (now.targets() > MOST) {
      out.element("p", "more", "and " + (now.targets() - MOST) + " more, none of them worse");
    }
  }

  /** The worst first. */
  private static int rank(double status) {
    return switch (status(status)) {
      case UNHEALTHY -> 0;
      case DEGRADED -> 1;
      case UNKNOWN -> 2;
      case HEALTHY -> 3;
    };
  }

  private static double code(Status status) {
    return switch (status) {
      case HEALTHY -> 0;
      case DEGRADED -> 1;
      case UNHEALTHY -> 2;
      case UNKNOWN -> 3;
    };
  }

  private static Status status(double code) {
    return code == 0
        ? Status.HEALTHY
        : code == 1 ? Status.DEGRADED : code == 2 ? Status.UNHEALTHY : Status.UNKNOWN;
  }

  private void row(Html out, T target, Ring timeline) {
    Status last = status(timeline.last());
    String label = naming.apply(target);
    out.raw("<tr><th scope=\"row\">").shortText(label, 40);
    String why = why(target, last);
    if (!why.isEmpty()) {
      out.raw("<small class=\"why\">").shortText(why, 60).raw("</small>");
    }
    out.raw("</th><td>");
    Svg svg = Svg.begin(out, "timeline", 14, label + " is " + word(last));
    double unit = (double) Svg.WIDTH / timeline.size();
    int from = 0;
    for (int i = 1; i <= timeline.size(); i++) {
      if (i == timeline.size() || !same(timeline.get(i), timeline.get(from))) {
        if (!Double.isNaN(timeline.get(from))) {
          stretch(svg, status(timeline.get(from)), from * unit, (i - from) * unit);
        }
        from = i;
      }
    }
    svg.end();
    out.raw("</td><td class=\"w\">").badge(level(last), word(last)).raw("</td></tr>");
  }

  private static boolean same(double one, double other) {
    return Double.compare(one, other) == 0;
  }

  /** Worse is taller, too: who cannot tell the colours apart sees it all the same. */
  private static void stretch(Svg svg, Status status, double x, double width) {
    switch (status) {
      case HEALTHY -> svg.rect("ok", x, 8, width, 6);
      case DEGRADED -> svg.rect("warn", x, 4, width, 10);
      case UNHEALTHY -> svg.rect("critical", x, 0, width, 14);
      case UNKNOWN -> svg.rect("unknown", x, 12, width, 2);
    }
  }

  private String why(T target, Status status) {
    return status == Status.HEALTHY
        ? ""
        : checker.healthOf(target).map(Health::last).map(last -> last.detail()).orElse("");
  }

  private static Level level(Status status) {
    return switch (status) {
      case HEALTHY -> Level.OK;
      case DEGRADED -> Level.WARN;
      case UNHEALTHY -> Level.CRITICAL;
      case UNKNOWN -> Level.UNKNOWN;
    };
  }

  private static String word(Status status) {
    return switch (status) {
      case HEALTHY -> "healthy";
      case DEGRADED -> "degraded";
      case UNHEALTHY -> "down";
      case UNKNOWN -> "unknown";
    };
  }
}
