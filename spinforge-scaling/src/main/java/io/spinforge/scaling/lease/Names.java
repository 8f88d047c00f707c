package io.spinforge.scaling.lease;

import io.spinforge.scaling.internal.Checks;
import java.util.regex.Pattern;

/** The rule for names of leases. */
final class Names {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,128}");

  private Names() {}

  static String check(String name) {
    Checks.argument(
        NAME.matcher(name).matches(), "name", "'" + name + "'", "1 to 128 of A-Z a-z 0-9 . _ -");
    return name;
  }
}
