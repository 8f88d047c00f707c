package io.spinforge.benchmarks.demo;

import java.io.PrintStream;
import java.time.Duration;

/**
 * Shows how far the demo is: one line that is rewritten on a terminal, a line every few seconds
 * where there is none. Safe for use by several threads.
 */
final class Progress {
  private static final Duration APART = Duration.ofSeconds(3);

  private final PrintStream out;
  private final boolean terminal;
  private String shown = "";
  private Duration lastLine = APART.negated();

  Progress(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Shows the latest state; without a terminal only if the last one is some seconds old. */
  synchronized void state(Duration elapsed, String text) {
    if (terminal) {
      out.print("\r" + text + " ".repeat(Math.max(0, shown.length() - text.length())));
      out.flush();
      shown = text;
    } else if (elapsed.minus(lastLine).compareTo(APART) >= 0) {
      out.println(text);
      lastLine = elapsed;
    }
  }

  /** Prints a line that stays. */
  synchronized void say(String text) {
    if (!shown.isEmpty()) {
      out.print("\r" + " ".repeat(shown.length()) + "\r");
      shown = "";
    }
    out.println(text);
    out.flush();
  }

  /** Returns true when standard output is a terminal. */
  static boolean onTerminal() {
    if (System.console() == null) {
      return false;
    }
    try {
      // Since Java 22 there is a console without a terminal too, and a method that tells.
      Object terminal =
          System.console().getClass().getMethod("isTerminal").invoke(System.console());
      return Boolean.TRUE.equals(terminal);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }
}
