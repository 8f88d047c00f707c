package io.spinforge.metrics.profile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * A tree of stacks as one HTML document that needs nothing else: callers on top, callees below them
 * (an icicle), widths by samples. Without scripts it can be read; with them a click widens a frame.
 * The form is B. Gregg's flame graph, turned round.
 */
public final class FlameGraph {
  /** Narrower than a pixel of most screens: left out. */
  private static final double LEAST_SHARE = 0.0005;

  private static final int ROW = 18;

  private static final String STYLE =
      """
      :root{color-scheme:light dark;--p:#fbfaf8;--i:#1d1c1a;--q:#5f5c57;--a:#f0c48a;--b:#e8a87c;\
      --t:#23201b}
      @media(prefers-color-scheme:dark){:root{--p:#171614;--i:#eceae6;--q:#a5a19a;--a:#8a5a22;\
      --b:#7d4330;--t:#f6efe6}}
      body{margin:0;padding:24px;background:var(--p);color:var(--i);font:14px/1.5 system-ui,sans-serif}
      h1{font-size:20px;margin:0}p{color:var(--q);margin:4px 0 16px}
      table{border-collapse:collapse;margin:0 0 24px}td{padding:2px 16px 2px 0}
      td+td{font-variant-numeric:tabular-nums;text-align:right}
      #g{position:relative;overflow:hidden}
      #g div{position:absolute;height:17px;box-sizing:border-box;overflow:hidden;white-space:nowrap;\
      font:11px/17px ui-monospace,monospace;padding:0 3px;background:var(--a);color:var(--t);\
      border-right:1px solid var(--p);cursor:pointer}
      #g div:nth-child(odd){background:var(--b)}
      """;

  private static final String SCRIPT =
      """
      (function(){var g=document.getElementById('g'),d=[].slice.call(g.children);
      d.forEach(function(e){e.l=parseFloat(e.style.left);e.w=parseFloat(e.style.width);});
      g.onclick=function(v){var t=v.target;if(t===g)return;var l=t.l,w=t.w;
      d.forEach(function(e){var a=(e.l-l)/w*100,b=e.w/w*100;
      if(a+b<0.001||a>99.999){e.style.display='none';return;}
      if(a<0){b+=a;a=0;}e.style.display='';e.style.left=a+'%';e.style.width=Math.min(b,100-a)+'%';});};
      })();
      """;

  private final StringBuilder boxes = new StringBuilder();
  private final double all;
  private int deepest;

  private FlameGraph(double all) {
    this.all = all;
  }

  /**
   * Draws samples.
   *
   * @param title one line, above the picture
   */
  public static String of(Samples samples, String title) {
    FlameGraph graph = new FlameGraph(Math.max(1, samples.count()));
    graph.draw(samples.root(), 0, 0);
    return graph.page(samples, title);
  }

  private void draw(Frame frame, double left, int depth) {
    double share = frame.samples / all;
    deepest = Math.max(deepest, depth);
    String name = escape(frame.name);
    boxes.append(
        String.format(
            Locale.ROOT,
            "<div style=\"left:%.3f%%;width:%.3f%%;top:%dpx\" title=\"%s: %d samples, %.1f %%\">"
                + "%s</div>\n",
            left * 100,
            share * 100,
            depth * ROW,
            name,
            frame.samples,
            share * 100,
            escape(shortName(frame.name))));
    List<Frame> children = new ArrayList<>(frame.children.values());
    children.sort(Comparator.comparingLong((Frame child) -> child.samples).reversed());
    double at = left;
    for (Frame child : children) {
      double width = child.samples / all;
      if (width >= LEAST_SHARE) {
        draw(child, at, depth + 1);
      }
      at += width;
    }
  }

  private static String shortName(String name) {
    int method = name.lastIndexOf('.');
    int type = name.lastIndexOf('.', method - 1);
    return name.substring(type + 1);
  }

  private String page(Samples samples, String title) {
    StringBuilder rows = new StringBuilder();
    for (Samples.Hot hot : samples.hottest(10)) {
      rows.append(
          String.format(
              Locale.ROOT,
              "<tr><td>%s</td><td>%.1f %%</td><td>%,d</td></tr>\n",
              escape(hot.method()),
              hot.share() * 100,
              hot.samples()));
    }
    return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        + "<meta name=\"viewport\" content=\"width=device-width\"><title>"
        + escape(title)
        + "</title><style>\n"
        + STYLE
        + "</style></head><body><h1>"
        + escape(title)
        + "</h1><p>"
        + samples.count()
        + " samples of threads that ran Java code. A frame is as wide as the time in it and below"
        + " it; a click widens one, a click on the first shows all.</p>\n<table>"
        + rows
        + "</table>\n<div id=\"g\" style=\"height:"
        + (deepest + 1) * ROW
        + "px\">\n"
        + boxes
        + "</div><script>\n"
        + SCRIPT
        + "</script></body></html>\n";
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
