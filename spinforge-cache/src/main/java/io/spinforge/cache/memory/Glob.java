package io.spinforge.cache.memory;

/**
 * A pattern over whole keys: {@code *} stands for any characters, none included, {@code ?} for one,
 * and a backslash makes the character after it stand for itself. Immutable.
 */
public final class Glob {
  private final String pattern;

  private Glob(String pattern) {
    this.pattern = pattern;
  }

  /**
   * Returns the pattern.
   *
   * @throws IllegalArgumentException if it ends with a backslash that makes nothing literal
   */
  public static Glob of(String pattern) {
    int backslashes = 0;
    while (backslashes < pattern.length()
        && pattern.charAt(pattern.length() - 1 - backslashes) == '\\') {
      backslashes++;
    }
    if (backslashes % 2 == 1) {
      throw new IllegalArgumentException(
          "glob: " + pattern + " (expected: no single backslash at the end)");
    }
    return new Glob(pattern);
  }

  /**
   * Tells whether all of {@code text} matches. Goes back to the last star alone, so it takes at
   * most the product of both lengths, whatever the pattern.
   */
  public boolean matches(String text) {
    int p = 0;
    int t = 0;
    int star = -1;
    int starText = 0;
    while (t < text.length()) {
      char c = p < pattern.length() ? pattern.charAt(p) : 0;
      if (p < pattern.length() && c == '*') {
        star = p++;
        starText = t;
      } else if (p < pattern.length() && matchesOne(p, text.charAt(t))) {
        p += c == '\\' ? 2 : 1;
        t++;
      } else if (star >= 0) {
        p = star + 1;
        t = ++starText;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  private boolean matchesOne(int p, char c) {
    char expected = pattern.charAt(p);
    if (expected == '\\') {
      return pattern.charAt(p + 1) == c;
    }
    return expected == '?' || expected == c;
  }

  @Override
  public String toString() {
    return pattern;
  }
}
