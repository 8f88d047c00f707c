package io.spinforge.metrics.page;

import java.util.List;

/**
 * The one thing to see first: whether the service is well, and if not, why.
 *
 * @param service its name
 * @param reasons the worst first
 * @param judged whether any goal could be judged
 * @param unreadable parts that could not be read
 */
record Verdict(String service, List<Reason> reasons, boolean judged, int unreadable) {
  private static final int MOST = 6;

  Level level() {
    Level worst = judged && unreadable == 0 ? Level.OK : Level.UNKNOWN;
    for (Reason reason : reasons) {
      worst = worst.worse(reason.level());
    }
    return worst;
  }

  private String headline() {
    return switch (level()) {
      case OK, INFO -> "All is well";
      case UNKNOWN -> unreadable > 0 ? "Not all can be seen" : "Too early to tell";
      case WARN -> "Needs a look";
      case CRITICAL -> "Not well";
    };
  }

  private String sentence() {
    if (!reasons.isEmpty()) {
      return reasons.size() == 1 ? "One reason" : reasons.size() + " reasons";
    }
    return switch (level()) {
      case OK, INFO -> "Every goal is met and no component complains.";
      case UNKNOWN ->
          unreadable > 0
              ? "Some parts could not be read; they say so below."
              : "No component complains, but no goal has been judged yet.";
      case WARN, CRITICAL -> "";
    };
  }

  /** Returns the document's title: a tab tells the state, too. */
  String title() {
    return headline() + ": " + service;
  }

  void render(Html out) {
    out.raw("<section id=\"verdict\" class=\"verdict ").raw(level().style()).raw("\"><h1>");
    out.raw("<span class=\"lamp\" aria-hidden=\"true\"></span>").text(headline()).raw("</h1>");
    out.element("p", "sentence", sentence());
    if (!reasons.isEmpty()) {
      out.raw("<ol class=\"reasons\">");
      for (Reason reason : reasons.subList(0, Math.min(MOST, reasons.size()))) {
        out.raw("<li>").badge(reason.level(), reason.level().word());
        out.raw("<a href=\"#").raw(reason.anchor()).raw("\">").shortText(reason.text(), 120);
        out.raw("</a></li>");
      }
      if (reasons.size() > MOST) {
        out.element("li", "more", "and " + (reasons.size() - MOST) + " more");
      }
      out.raw("</ol>");
    }
    out.raw("</section>");
  }
}
