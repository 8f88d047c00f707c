package io.spinforge.benchmarks.demo;

import java.util.ArrayList;
import java.util.List;

/** The table at the end: scene, promise, measurement and verdict, one promise a line. */
final class Table {
  private static final List<String> HEAD = List.of("scene", "promised", "measured", "verdict");

  private final List<List<String>> rows = new ArrayList<>();
  private boolean allKept = true;

  /** Adds a scene's promises; its name stands beside the first. */
  void add(String scene, List<Promise> promises) {
    String name = scene;
    for (Promise promise : promises) {
      String verdict = promise.kept() ? "kept" : "BROKEN";
      rows.add(List.of(name, promise.promised(), promise.measured(), verdict));
      allKept &= promise.kept();
      name = "";
    }
  }

  /** Returns true when there are promises and none was broken. */
  boolean allKept() {
    return allKept && !rows.isEmpty();
  }

  /** Returns the lines to print, in columns as wide as what they hold. */
  List<String> lines() {
    int[] widths = widths();
    List<String> lines = new ArrayList<>();
    lines.add(line(HEAD, widths));
    lines.add(rule(widths));
    for (List<String> row : rows) {
      if (!row.get(0).isEmpty() && lines.size() > 2) {
        lines.add("");
      }
      lines.add(line(row, widths));
    }
    lines.add(rule(widths));
    return lines;
  }

  private int[] widths() {
    int[] widths = new int[HEAD.size()];
    for (int column = 0; column < widths.length; column++) {
      widths[column] = HEAD.get(column).length();
      for (List<String> row : rows) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    return widths;
  }

  private static String line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      String cell = cells.get(column);
      line.append("  ").append(cell).append(" ".repeat(widths[column] - cell.length()));
    }
    return line.toString().stripTrailing();
  }

  private static String rule(int[] widths) {
    StringBuilder rule = new StringBuilder();
    for (int width : widths) {
      rule.append("  ").append("-".repeat(width));
    }
    return rule.toString();
  }
}
