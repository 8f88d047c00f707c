package io.spinforge.metrics.page;

import java.time.Instant;
import java.util.List;

/** The verdicts for machines. */
final class GoalsJson {
  private GoalsJson() {}

  static String of(List<GoalRow> rows, Instant at) {
    StringBuilder out = new StringBuilder("{\"at\":").append(string(at.toString()));
    out.append(",\"goals\":[");
    for (int i = 0; i < rows.size(); i++) {
      GoalRow row = rows.get(i);
      out.append(i == 0 ? "" : ",").append("{\"goal\":").append(string(row.goal()));
      out.append(",\"level\":").append(string(level(row.level())));
      out.append(",\"value\":").append(number(row.value()));
      out.append(",\"target\":").append(number(row.target()));
      out.append(",\"critical\":").append(number(row.critical()));
      out.append(",\"samples\":").append(row.samples()).append('}');
    }
    return out.append("]}\n").toString();
  }

  /** The names of {@code GoalLevel}. */
  private static String level(Level level) {
    return level == Level.UNKNOWN ? "INSUFFICIENT_DATA" : level.name();
  }

  private static String number(double value) {
    return Double.isFinite(value) ? Double.toString(value) : "null";
  }

  private static String string(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
