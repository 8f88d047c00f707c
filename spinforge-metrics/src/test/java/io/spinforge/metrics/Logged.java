package io.spinforge.metrics;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What is logged while something runs; the tests' logger writes to standard error. */
public final class Logged {
  private Logged() {}

  public static String during(Runnable action) {
    return during(caught -> action.run());
  }

  /** The same, for an action that wants to know what was logged so far. */
  public static String during(Consumer<Supplier<String>> action) {
    PrintStream real = System.err;
    ByteArrayOutputStream caught = new ByteArrayOutputStream();
    System.setErr(new PrintStream(caught, true, StandardCharsets.UTF_8));
    try {
      action.accept(() -> caught.toString(StandardCharsets.UTF_8));
    } finally {
      System.setErr(real);
    }
    return caught.toString(StandardCharsets.UTF_8);
  }
}
