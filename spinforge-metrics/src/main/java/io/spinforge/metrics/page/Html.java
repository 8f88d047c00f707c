package io.spinforge.metrics.page;

import org.jspecify.annotations.Nullable;

/**
 * Text of a document. Whatever comes from outside goes through {@link #text}; {@link #raw} is for
 * what stands in this package's source. Not thread-safe.
 */
final class Html {
  private final StringBuilder out;

  Html() {
    this(4096);
  }

  /** Creates a text that will have about so many characters. */
  Html(int length) {
    out = new StringBuilder(length);
  }

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
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      String instead = instead(text.charAt(i));
      if (instead != null) {
        out.append(text, from, i).append(instead);
        from = i + 1;
      }
    }
    out.append(text, from, text.length());
    return this;
  }

  /** Returns what stands for a character that cannot stand for itself, or null. */
  private static @Nullable String instead(char c) {
    return switch (c) {
      case '&' -> "&amp;";
      case '<' -> "&lt;";
      case '>' -> "&gt;";
      case '"' -> "&quot;";
      case '\'' -> "&#39;";
      // Control characters are none of HTML's.
      default -> c < ' ' && c != '\n' && c != '\t' ? "\uFFFD" : null;
    };
  }

  /** Writes what another one has. */
  Html all(Html other) {
    out.append(other.out);
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

  /** Writes what a colour of a picture stands for, never broken in two. */
  Html key(String style, String word) {
    return key(style, word, "");
  }

  /** Writes what a colour of a picture stands for, and its number if there is one. */
  Html key(String style, String word, String number) {
    raw("<span><i class=\"k ").raw(style).raw("\"></i>").raw(word);
    return raw(number.isEmpty() ? "" : " <b>")
        .text(number)
        .raw(number.isEmpty() ? "" : "</b>")
        .raw("</span> ");
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
