package io.spinforge.scaling.backtest;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A page with a table and one SVG chart per run: demand as an area, the usable capacity of the
 * ready instances as a line, decisions as ticks (up above, down below), overload in red. No script
 * and nothing from elsewhere. Long traces are drawn at the width's resolution, with the highest
 * demand and the lowest capacity of each column, so that no overload is averaged away.
 */
final class Chart {
  private static final int WIDTH = 1400;
  private static final int HEIGHT = 260;

  private final Backtest test;
  private final StringBuilder out = new StringBuilder(200_000);

  Chart(Backtest test) {
    this.test = test;
  }

  String html() {
    out.append(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Backtest of ");
    text(test.trace().name());
    out.append("</title><style>").append(STYLE).append("</style></head><body><h1>");
    text(test.trace().name());
    out.append("</h1><p>From ").append(test.trace().start()).append(", startup ");
    out.append(test.startup()).append(", capacity ").append(number(test.capacity()));
    out.append(" an instance, overloaded beyond ").append(number(100 * test.ceiling()));
    out.append(" % of it; counted from ").append(test.from()).append(".</p>");
    table();
    test.runs().forEach(this::run);
    return out.append("</body></html>").toString();
  }

  private static final String STYLE =
      "body{font:14px system-ui,sans-serif;margin:2em}table{border-collapse:collapse}"
          + "td,th{padding:.2em 1em;text-align:right;border-bottom:1px solid #ccc}"
          + "td:first-child{text-align:left}svg{width:100%;height:auto}"
          + ".d{fill:#9ecae1}.c{fill:none;stroke:#333}.o{fill:#d62728}.u{stroke:#2ca02c}"
          + ".n{stroke:#9467bd}.w{fill:#f3f3f3}text{font-size:12px;fill:#555}";

  private void table() {
    out.append("<table><tr><th></th><th>time overloaded</th><th>demand lost</th>");
    out.append("<th>mean instances</th><th>cost by oracle</th><th>actions a day</th>");
    out.append("<th>taken back within 10 min, a day</th></tr>");
    for (BacktestRun run : test.runs()) {
      out.append("<tr><td>");
      text(run.label());
      cell(number(100 * run.overloaded()) + " %");
      cell(number(100 * run.lost()) + " %");
      cell(number(run.instances()));
      cell(number(run.cost()));
      cell(number(run.actions()));
      cell(number(run.reversals()));
      out.append("</td></tr>");
    }
    out.append("</table>");
  }

  private void cell(String value) {
    out.append("</td><td>").append(value);
  }

  private void run(BacktestRun run) {
    out.append("<h2>");
    text(run.label());
    if (run.points().isEmpty()) {
      out.append("</h2><p>Its course was not kept.</p>");
      return;
    }
    out.append("</h2><svg viewBox=\"0 -20 ").append(WIDTH).append(' ').append(HEIGHT + 50);
    out.append("\" role=\"img\"><title>Demand, capacity and decisions</title>");
    Columns columns = new Columns(run.points());
    double warm = columns.x(test.from());
    rect("w", 0, 0, warm, HEIGHT);
    StringBuilder area = new StringBuilder("M0 " + HEIGHT);
    StringBuilder line = new StringBuilder();
    for (int x = 0; x < columns.count; x++) {
      double at = (double) x * WIDTH / columns.count;
      double high = columns.y(columns.demand[x]);
      double low = columns.y(columns.capacity[x]);
      area.append('L').append(pixel(at)).append(' ').append(pixel(high));
      line.append(x == 0 ? 'M' : 'L').append(pixel(at)).append(' ').append(pixel(low));
    }
    area.append('L').append(WIDTH).append(' ').append(HEIGHT).append('Z');
    out.append("<path class=\"d\" d=\"").append(area).append("\"/>");
    out.append("<path class=\"c\" d=\"").append(line).append("\"/>");
    marks(columns);
    axis(run.points());
    out.append("</svg>");
  }

  private void marks(Columns columns) {
    double width = Math.max(1, (double) WIDTH / columns.count);
    for (int x = 0; x < columns.count; x++) {
      double at = (double) x * WIDTH / columns.count;
      if (columns.over[x]) {
        rect("o", at, -6, width, 5);
      }
      if (columns.up[x]) {
        tick("u", at, -18, -8);
      }
      if (columns.down[x]) {
        tick("n", at, HEIGHT + 2, HEIGHT + 12);
      }
    }
  }

  private void axis(List<BacktestRun.Point> points) {
    Instant first = points.get(0).time();
    Duration all = Duration.between(first, points.get(points.size() - 1).time());
    for (int k = 0; k <= 6; k++) {
      String day = first.plus(all.multipliedBy(k).dividedBy(6)).toString().substring(0, 16);
      double x = Math.min(WIDTH - 110.0, (double) k * WIDTH / 6);
      out.append("<text x=\"").append(pixel(x)).append("\" y=\"").append(HEIGHT + 27);
      out.append("\">").append(day).append("</text>");
    }
  }

  private void rect(String kind, double x, double y, double width, double height) {
    out.append("<rect class=\"").append(kind).append("\" x=\"").append(pixel(x));
    out.append("\" y=\"").append(pixel(y)).append("\" width=\"").append(pixel(width));
    out.append("\" height=\"").append(pixel(height)).append("\"/>");
  }

  private void tick(String kind, double x, double from, double to) {
    out.append("<path class=\"").append(kind).append("\" d=\"M").append(pixel(x)).append(' ');
    out.append(pixel(from)).append('V').append(pixel(to)).append("\"/>");
  }

  private void text(String text) {
    out.append(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }

  private static String pixel(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  /** The points by column of the picture. */
  private final class Columns {
    final int count;
    final double[] demand;
    final double[] capacity;
    final boolean[] over;
    final boolean[] up;
    final boolean[] down;
    private final List<BacktestRun.Point> points;
    private double top;

    Columns(List<BacktestRun.Point> points) {
      this.points = points;
      count = Math.min(WIDTH, points.size());
      demand = new double[count];
      capacity = new double[count];
      over = new boolean[count];
      up = new boolean[count];
      down = new boolean[count];
      Arrays.fill(capacity, Double.POSITIVE_INFINITY);
      for (int i = 0; i < points.size(); i++) {
        add((int) ((long) i * count / points.size()), points.get(i));
      }
    }

    private void add(int x, BacktestRun.Point point) {
      double usable = point.ready() * test.capacity() * test.ceiling();
      capacity[x] = Math.min(capacity[x], usable);
      demand[x] = Double.isNaN(point.demand()) ? demand[x] : Math.max(demand[x], point.demand());
      over[x] |= point.demand() > usable * (1 + 1e-9);
      up[x] |= point.decision().direction() > 0;
      down[x] |= point.decision().direction() < 0;
      top = Math.max(top, Math.max(demand[x], usable));
    }

    double y(double value) {
      return HEIGHT - HEIGHT * value / (top == 0 ? 1 : top);
    }

    double x(Instant time) {
      Instant first = points.get(0).time();
      Instant last = points.get(points.size() - 1).time();
      double all = Math.max(1, Duration.between(first, last).toSeconds());
      return Math.min(WIDTH, WIDTH * Duration.between(first, time).toSeconds() / all);
    }
  }
}
