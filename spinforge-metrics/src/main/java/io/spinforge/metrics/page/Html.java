package io.spinforge.metrics.page;

/**
 * Text of a document. Whatever comes from outside goes through {@link #text}; {@link #raw} is for
 * what stands in this package's source. Not thread-safe.
 */
final class Html {
  private final StringBuilder out = new StringBuilder(4096);

  Html raw(String markup) {
    out.append(markup);
    return this;
  }

  Html raw(long number) {
    out.append(number);
    return this;
  }

  /** Writes text, for the content of an element or a quoted attribute. */
  Html text(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> {
          // Control characters are none of HTML's.
          out.append(c < ' ' && c != '\n' && c != '\t' ? '\uFFFD' : c);
        }
      }
    }
    return this;
  }

  /** Writes text, cut in its middle where it is longer than a person reads. */
  Html shortText(String text, int most) {
    if (text.length() <= most) {
      return text(text);
    }
    int head = most * 2 / 3;
    return text(text.substring(0, head) + "…" + text.substring(text.length() - (most - head - 1)));
  }

  /** Writes an element with text. */
  Html element(String tag, String style, String text) {
    return raw("<")
        .raw(tag)
        .raw(" class=\"")
        .raw(style)
        .raw("\">")
        .text(text)
        .raw("</")
        .raw(tag)
        .raw(">");
  }

  /** Writes a level as a sign and a word. */
  Html badge(Level level, String word) {
    return raw("<span class=\"badge ").raw(level.style()).raw("\">").text(word).raw("</span>");
  }

  /** Writes a sentence where there is nothing to show. */
  Html empty(String sentence) {
    return element("p", "empty", sentence);
  }

  int length() {
    return out.length();
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
