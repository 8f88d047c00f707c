package io.spinforge.metrics.page;

import static io.spinforge.metrics.page.Numbers.coordinate;

/**
 * Pictures. They stretch to the width they are given; strokes keep theirs. No style attributes: the
 * page's policy forbids them.
 */
final class Svg {
  static final int WIDTH = 300;

  /** Points of a line: more than that are thinned out, peaks are kept. */
  private static final int POINTS = 75;

  private final Html out;
  private final int height;

  private Svg(Html out, int height) {
    this.out = out;
    this.height = height;
  }

  /**
   * Begins a picture.
   *
   * @param label what it shows, for those who do not see it
   */
  static Svg begin(Html out, String style, int height, String label) {
    out.raw("<svg class=\"").raw(style).raw("\" viewBox=\"0 0 ").raw(WIDTH).raw(" ").raw(height);
    out.raw("\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"").text(label).raw("\">");
    return new Svg(out, height);
  }

  void end() {
    out.raw("</svg>");
  }

  Svg rect(String style, double x, double y, double width, double tall) {
    out.raw("<rect class=\"").raw(style).raw("\" x=\"").raw(coordinate(x)).raw("\" y=\"");
    out.raw(coordinate(y)).raw("\" width=\"").raw(coordinate(Math.max(0, width)));
    out.raw("\" height=\"").raw(coordinate(Math.max(0, tall))).raw("\"/>");
    return this;
  }

  /** Draws a level line. */
  Svg level(String style, double value, double top) {
    if (value > 0 && value <= top) {
      String y = coordinate(y(value, top));
      out.raw("<path class=\"").raw(style).raw("\" d=\"M0 ").raw(y).raw("H").raw(WIDTH).raw("\"/>");
    }
    return this;
  }

  private double y(double value, double top) {
    return height - 1 - Math.min(1, Math.max(0, value / top)) * (height - 2);
  }

  /** Draws a line; where values miss, it is interrupted. */
  Svg line(String style, Ring values, double top) {
    StringBuilder path = new StringBuilder();
    int step = step(values);
    boolean drawing = false;
    for (int i = 0; i < values.size(); i += step) {
      double value = peak(values, i, step);
      if (Double.isNaN(value)) {
        drawing = false;
        continue;
      }
      path.append(drawing ? 'L' : 'M').append(coordinate(x(i + step - 1, values.size())));
      path.append(' ').append(coordinate(y(value, top)));
      drawing = true;
    }
    if (!path.isEmpty()) {
      out.raw("<path class=\"").raw(style).raw("\" d=\"").raw(path.toString()).raw("\"/>");
    }
    return this;
  }

  /** Draws a line that keeps its value until the next. */
  Svg steps(String style, Ring values, double top) {
    StringBuilder path = new StringBuilder();
    double before = Double.NaN;
    for (int i = 0; i < values.size(); i++) {
      double value = values.get(i);
      if (Double.isNaN(value)) {
        before = value;
        continue;
      }
      if (Double.isNaN(before)) {
        path.append('M').append(coordinate(x(i, values.size())));
        path.append(' ').append(coordinate(y(value, top)));
      } else if (value != before) {
        path.append('H').append(coordinate(x(i, values.size())));
        path.append('V').append(coordinate(y(value, top)));
      }
      before = value;
      if (i == values.size() - 1) {
        path.append('H').append(WIDTH);
      }
    }
    if (!path.isEmpty()) {
      out.raw("<path class=\"").raw(style).raw("\" d=\"").raw(path.toString()).raw("\"/>");
    }
    return this;
  }

  /** Fills the space between two lines. */
  Svg band(String style, Ring low, Ring high, double top) {
    int step = step(low);
    int i = 0;
    while (i < low.size()) {
      int from = i;
      while (i < low.size() && !missing(low, high, i, step)) {
        i += step;
      }
      if (i > from) {
        area(style, low, high, top, from, i, step);
      }
      i += step;
    }
    return this;
  }

  private static boolean missing(Ring low, Ring high, int at, int step) {
    return Double.isNaN(peak(low, at, step)) || Double.isNaN(peak(high, at, step));
  }

  private void area(String style, Ring low, Ring high, double top, int from, int to, int step) {
    StringBuilder path = new StringBuilder();
    for (int i = from; i < to; i += step) {
      path.append(i == from ? 'M' : 'L').append(coordinate(x(i + step - 1, low.size())));
      path.append(' ').append(coordinate(y(peak(high, i, step), top)));
    }
    for (int i = from + (to - from - 1) / step * step; i >= from; i -= step) {
      path.append('L').append(coordinate(x(i + step - 1, low.size())));
      path.append(' ').append(coordinate(y(peak(low, i, step), top)));
    }
    out.raw("<path class=\"").raw(style).raw("\" d=\"").raw(path.toString()).raw("Z\"/>");
  }

  private static int step(Ring values) {
    return (values.size() + POINTS - 1) / POINTS;
  }

  private static double peak(Ring values, int from, int step) {
    double peak = Double.NaN;
    for (int i = from; i < Math.min(from + step, values.size()); i++) {
      double value = values.get(i);
      if (!Double.isNaN(value) && !(value <= peak)) {
        peak = value;
      }
    }
    return peak;
  }

  private static double x(int index, int size) {
    return Math.min(index, size - 1) * (double) WIDTH / (size - 1);
  }
}
