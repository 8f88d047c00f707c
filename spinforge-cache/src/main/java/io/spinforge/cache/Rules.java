package io.spinforge.cache;

import java.time.Duration;
import java.util.regex.Pattern;

/** The rules of the builders' settings, with one wording for every refusal. */
final class Rules {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
  private static final Duration LONGEST = Duration.ofDays(3650);

  private static final int LONGEST_TAG = 256;

  private Rules() {}

  static Duration atLeastOneMillisecond(String name, Duration value) {
    return within(name, value, Duration.ofMillis(1), LONGEST);
  }

  static Duration zeroOrMore(String name, Duration value) {
    if (!value.isZero()
        && (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(LONGEST) > 0)) {
      throw refusal(name, value, "0, or 1 ms to " + text(LONGEST));
    }
    return value;
  }

  static Duration within(String name, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw refusal(name, value, text(least) + " to " + text(most));
    }
    return value;
  }

  static String name(String what, String value) {
    if (!NAME.matcher(value).matches()) {
      throw refusal(what, value, "1 to 64 of A-Z a-z 0-9 _ . -");
    }
    return value;
  }

  static String tag(String tag) {
    if (tag.isEmpty() || tag.length() > LONGEST_TAG || tag.equals("*")) {
      throw refusal("tag", tag, "1 to " + LONGEST_TAG + " characters, not *");
    }
    return tag;
  }

  static IllegalArgumentException refusal(String name, Object value, String rule) {
    return new IllegalArgumentException(name + ": " + value + " (expected: " + rule + ")");
  }

  private static String text(Duration d) {
    return d.toMillis() % 1000 == 0 ? d.toSeconds() + " s" : d.toMillis() + " ms";
  }
}
