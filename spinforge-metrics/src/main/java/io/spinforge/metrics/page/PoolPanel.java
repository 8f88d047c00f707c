package io.spinforge.metrics.page;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.micrometer.core.instrument.Meter;
import io.spinforge.metrics.bind.Catalogue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A pool of database connections: how many are busy, who waits, and how its queries do. */
final class PoolPanel implements Panel {
  private static final List<String> OPERATIONS =
      List.of("select", "insert", "update", "delete", "other");

  private final String id;
  private final String name;
  private final HikariDataSource pool;
  private final MeterIndex meters;
  private final double seconds;
  private final Ring active;
  private final Ring waiting;
  private final List<Operation> operations = new ArrayList<>();
  private int total;

  /** One kind of query. */
  private static final class Operation {
    final String name;
    final Rate counts = new Rate();
    final Rate times = new Rate();
    double rate;
    double mean;

    Operation(String name) {
      this.name = name;
    }
  }

  PoolPanel(String id, String name, HikariDataSource pool, MeterIndex meters, Clocking clocking) {
    this.id = id;
    this.name = name;
    this.pool = pool;
    this.meters = meters;
    this.seconds = clocking.seconds();
    this.active = new Ring(clocking.history());
    this.waiting = new Ring(clocking.history());
    OPERATIONS.forEach(operation -> operations.add(new Operation(operation)));
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String title() {
    return "Database " + name;
  }

  @Override
  public void sample() {
    HikariPoolMXBean state = pool.getHikariPoolMXBean();
    boolean open = state != null && !pool.isClosed();
    active.add(open ? state.getActiveConnections() : Double.NaN);
    waiting.add(open ? state.getThreadsAwaitingConnection() : Double.NaN);
    total = open ? state.getTotalConnections() : 0;
    for (Operation operation : operations) {
      Predicate<Meter.Id> of = ofPool().and(MeterIndex.tag("operation", operation.name));
      double grown = operation.counts.grown(meters.count(Catalogue.JDBC_QUERIES.id(), of));
      double time = operation.times.grown(meters.seconds(Catalogue.JDBC_QUERIES.id(), of));
      operation.rate = grown / seconds;
      if (grown > 0) {
        operation.mean = time / grown;
      }
    }
  }

  private Predicate<Meter.Id> ofPool() {
    return MeterIndex.tag("pool", name);
  }

  private double findings(String kind) {
    return meters.count(Catalogue.JDBC_FINDINGS.id(), ofPool().and(MeterIndex.tag("kind", kind)));
  }

  @Override
  public List<Reason> reasons() {
    if (pool.isClosed()) {
      return List.of(new Reason(Level.CRITICAL, "database pool " + name + " is closed", id));
    }
    if (waiting.last() > 0 && active.last() >= pool.getMaximumPoolSize()) {
      String text =
          "database pool "
              + name
              + ": all "
              + pool.getMaximumPoolSize()
              + " connections busy, "
              + Numbers.plain(waiting.last())
              + " callers wait";
      return List.of(new Reason(Level.CRITICAL, text, id));
    }
    return List.of();
  }

  @Override
  public void render(Html out) {
    int most = pool.getMaximumPoolSize();
    out.raw("<p class=\"facts\">").element("b", "big", Numbers.plain(active.last()));
    out.text(" of " + most + " connections busy, " + total + " open, ");
    out.text(Numbers.plain(waiting.last()) + " callers wait").raw("</p>");
    boolean waited = waiting.max() > 0;
    out.raw("<p class=\"legend\">").key("flight", "busy");
    if (waited) {
      out.key("critical", "waiting");
    }
    out.raw("</p>");
    double top = Math.max(most, waiting.isEmpty() ? 0 : waiting.max()) * 1.1;
    Svg chart =
        Svg.begin(out, "chart low", 44, "busy connections of " + name + " over time")
            .level("limit", most, top)
            .steps("line flight", active, top);
    if (waited) { // a line of zeros would look like an alarm
      chart.steps("line critical", waiting, top);
    }
    chart.end();
    if (Double.isNaN(meters.count(Catalogue.JDBC_QUERIES.id(), ofPool()))) {
      out.empty(
          "Its queries are not observed: TunedDataSource.postgres(...) builds pools that are.");
      return;
    }
    out.raw("<table><thead><tr><th scope=\"col\">queries</th>")
        .raw("<th scope=\"col\" class=\"n\">rate</th><th scope=\"col\" class=\"n\">mean</th></tr>")
        .raw("</thead><tbody>");
    for (Operation operation : operations) {
      if (operation.mean > 0) {
        out.raw("<tr><th scope=\"row\">").text(operation.name).raw("</th><td class=\"n\">");
        out.text(Numbers.perSecond(operation.rate)).raw("</td><td class=\"n\">");
        out.text(Numbers.time(operation.mean)).raw("</td></tr>");
      }
    }
    out.raw("</tbody></table><p class=\"more\">");
    out.text(Numbers.plain(findings("slow")) + " slow, ");
    out.text(Numbers.plain(findings("n-plus-one")) + " times N+1, ");
    out.text(Numbers.plain(findings("unbatched-insert")) + " times inserted one by one; ");
    out.raw("the log tells which.</p>");
  }
}
