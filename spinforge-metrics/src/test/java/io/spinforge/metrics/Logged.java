package io.spinforge.metrics;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What is logged while something runs; the tests' logger writes to standard error. */
public final class Logged {
  private Logged() {}

  public static String during(Runnable action) {
    PrintStream real = System.err;
    ByteArrayOutputStream caught = new ByteArrayOutputStream();
    System.setErr(new PrintStream(caught, true, StandardCharsets.UTF_8));
    try {
      action.run();
    } finally {
      System.setErr(real);
    }
    return caught.toString(StandardCharsets.UTF_8);
  }
}
