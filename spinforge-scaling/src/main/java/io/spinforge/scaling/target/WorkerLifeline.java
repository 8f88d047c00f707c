package io.spinforge.scaling.target;

import java.io.IOException;
import java.io.InputStream;

/**
 * Ends a worker when the pool that started it is gone. For the {@code main} of a worker in Java.
 *
 * <p>A pool keeps the standard input of every worker open and never writes to it. When the process
 * that holds the pool ends, in whatever way, the operating system closes the pipe and a read from
 * it returns the end of the stream. A worker in any language can end on that; this class does it in
 * Java.
 */
public final class WorkerLifeline {
  private WorkerLifeline() {}

  /**
   * Starts a daemon thread, {@code spinforge-scaling-lifeline}, that reads {@link System#in} to its
   * end and then exits the JVM with code 0, running its shutdown hooks.
   */
  public static void hold() {
    Thread thread = new Thread(() -> exitAtEndOf(System.in), "spinforge-scaling-lifeline");
    thread.setDaemon(true);
    thread.start();
  }

  private static void exitAtEndOf(InputStream in) {
    try {
      byte[] ignored = new byte[256];
      while (in.read(ignored) >= 0) {
        // nobody has anything to say here
      }
    } catch (IOException e) {
      // a broken pipe is an end, too
    }
    System.exit(0);
  }
}
