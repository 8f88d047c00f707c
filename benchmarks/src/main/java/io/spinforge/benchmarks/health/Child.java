package io.spinforge.benchmarks.health;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A main class in a process of its own that can be killed, stopped and resumed. */
final class Child implements AutoCloseable {
  private final String name;
  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  Child(Class<?> main, String... args) throws IOException {
    this.name = main.getSimpleName();
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    // Short-lived, and many at once.
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=off");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(args));
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    Thread reader = new Thread(this::read, "output-of-" + name);
    reader.setDaemon(true);
    reader.start();
  }

  /** Returns the ports of such a server. */
  List<Integer> ports() throws Exception {
    return Arrays.stream(line().split(" ")).map(Integer::valueOf).toList();
  }

  /** Returns the next line that the child prints. */
  String line() throws Exception {
    String line = lines.poll(2, TimeUnit.MINUTES);
    if (line == null) {
      throw new IOException(name + " prints nothing");
    }
    return line;
  }

  /** Writes a byte to the child's standard input. */
  void poke() throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
  }

  /** Kills it and returns when. */
  long kill() {
    long now = System.nanoTime();
    process.destroyForcibly();
    return now;
  }

  /** Stops it and returns when. */
  long stop() throws Exception {
    long now = System.nanoTime();
    signal("-STOP");
    return now;
  }

  void resume() throws Exception {
    signal("-CONT");
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private void signal(String signal) throws Exception {
    int code = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
    if (code != 0) {
      throw new IOException("kill " + signal + " failed: " + code);
    }
  }

  private void read() {
    try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      // The process has ended.
    }
  }
}
