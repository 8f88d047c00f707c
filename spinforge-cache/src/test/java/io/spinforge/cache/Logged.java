package io.spinforge.cache;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What is logged, to standard error, while something runs. One thread at a time. */
final class Logged {
  private Logged() {}

  static String during(Runnable work) {
    PrintStream real = System.err;
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    System.setErr(new PrintStream(text, true, StandardCharsets.UTF_8));
    try {
      work.run();
    } finally {
      System.setErr(real);
    }
    return text.toString(StandardCharsets.UTF_8);
  }
}
