package io.spinforge.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A server process that cannot outlive this JVM, however the JVM ends.
 *
 * <p>Shutdown hooks do not run when a JVM is killed with SIGKILL (by the kernel for want of memory,
 * by a build that timed out), but the kernel closes its pipes in every case. So a small shell holds
 * the server: it reads its standard input, a pipe whose only other end is ours, and when that pipe
 * closes it kills the server and removes the server's folder. Signals travel through the same pipe,
 * as lines, so no signal is ever sent to a process id that meanwhile belongs to another process.
 *
 * <p>Not thread-safe.
 */
final class LeashedProcess implements AutoCloseable {

  /** The server's output, in its folder. */
  static final String LOG = "server.log";

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Arguments: folder to run in, signal to end with, command. Prints the server's process id. */
  private static final String SHELL =
      """
      exec 3<&0
      dir=$1; end=$2; shift 2
      cd "$dir" || exit 1
      "$@" >server.log 2>&1 </dev/null 3<&- &
      server=$!
      (while read -r signal <&3; do kill -s "$signal" "$server"; done
       kill -s "$end" "$server"
       [ "$end" = KILL ] || { sleep 5; kill -s KILL "$server"; }) >/dev/null 2>&1 &
      leash=$!
      echo "$server"
      wait "$server"
      echo $? >exit.code
      kill "$leash" 2>/dev/null
      cat <&3 >/dev/null
      cd / && rm -rf -- "$dir"
      """;

  private final Process shell;
  private final OutputStream leash;
  private final Path folder;
  private final long pid;

  private LeashedProcess(Process shell, Path folder) throws IOException {
    this.shell = shell;
    this.leash = shell.getOutputStream();
    this.folder = folder;
    BufferedReader out = new BufferedReader(new InputStreamReader(shell.getInputStream(), UTF_8));
    String line = out.readLine();
    if (line == null) {
      throw new IOException("the shell ended before it started a server");
    }
    this.pid = Long.parseLong(line);
  }

  /**
   * Starts {@code command} in {@code folder}, which is removed when the process has ended.
   *
   * @param end the signal that ends the process: KILL, or a gentler one before it
   */
  static LeashedProcess start(Path folder, String end, List<String> command) throws IOException {
    List<String> all = new ArrayList<>(List.of("sh", "-c", SHELL, "leash", folder.toString(), end));
    all.addAll(command);
    Process shell = new ProcessBuilder(all).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    return new LeashedProcess(shell, folder);
  }

  /** Returns the id of the server itself, not of the shell that holds it. */
  long pid() {
    return pid;
  }

  /** Returns the folder that the server runs in. */
  Path folder() {
    return folder;
  }

  /** Whether the server has not ended by itself. */
  boolean isAlive() {
    return shell.isAlive() && !Files.exists(folder.resolve("exit.code"));
  }

  /** Returns what the server has written so far, for a message about why it did not start. */
  String log() {
    try {
      return Files.readString(folder.resolve(LOG), UTF_8);
    } catch (IOException e) {
      return "(no log: " + e + ")";
    }
  }

  /** Suspends the process and waits until it stands still, where the system can tell. */
  void pause() {
    signal("STOP");
    Path state = Path.of("/proc", Long.toString(pid), "stat");
    long start = System.nanoTime();
    while (Files.exists(state) && !isStopped(state)) {
      if (System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new IllegalStateException("process " + pid + " did not stop within " + PATIENCE);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** Lets a suspended process run again. */
  void resume() {
    signal("CONT");
  }

  /** Ends the process and returns when it and its folder are gone. */
  @Override
  public void close() {
    try {
      leash.close();
    } catch (IOException e) {
      // The shell is gone and took the server with it: what was asked for.
    }
    try {
      if (!shell.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("process " + pid + " did not end within " + PATIENCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // The shell ends it without being watched.
    }
  }

  private void signal(String name) {
    try {
      leash.write((name + "\n").getBytes(UTF_8));
      leash.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("process " + pid + " has ended", e);
    }
  }

  private static boolean isStopped(Path stat) {
    try {
      String line = Files.readString(stat, UTF_8);
      return line.startsWith("T", line.lastIndexOf(')') + 2);
    } catch (IOException e) {
      return true; // It ended meanwhile; it will not stand stiller.
    }
  }
}
