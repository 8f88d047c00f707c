package io.spinforge.benchmarks.demo;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;

/**
 * Shows how far the demo is: one line that is rewritten on a terminal, a line every few seconds
 * where there is none. Safe for use by several threads.
 */
final class Progress {
  private static final Duration APART = Duration.ofSeconds(3);

  // What terminals do since the VT100; a line that is too long is cut off instead of wrapped,
  // because only the last of several lines could be rewritten.
  private static final String START = "\r";
  private static final String REST = "\u001b[K";
  private static final String NO_WRAP = "\u001b[?7l";
  private static final String WRAP = "\u001b[?7h";

  private final PrintStream out;
  private final boolean terminal;
  private boolean shown;
  private Duration lastLine = APART.negated();

  Progress(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Shows the latest state; without a terminal only if the last one is some seconds old. */
  synchronized void state(Duration elapsed, String text) {
    if (terminal) {
      out.print(NO_WRAP + START + text + REST + WRAP);
      out.flush();
      shown = true;
    } else if (elapsed.minus(lastLine).compareTo(APART) >= 0) {
      out.println(text);
      lastLine = elapsed;
    }
  }

  /** Prints a line that stays. */
  synchronized void say(String text) {
    if (shown) {
      out.print(START + REST);
      shown = false;
    }
    out.println(text);
    out.flush();
  }

  /** Returns true when standard output is a terminal. */
  @SuppressWarnings("SystemConsoleNull") // null tells on Java 17, the method below on newer ones
  static boolean onTerminal() {
    if (System.console() == null) {
      return false;
    }
    try {
      // Since Java 22 there is a console without a terminal too, and a method that tells.
      Object terminal = Console.class.getMethod("isTerminal").invoke(System.console());
      return Boolean.TRUE.equals(terminal);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }
}
