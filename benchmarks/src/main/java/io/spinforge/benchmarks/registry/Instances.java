package io.spinforge.benchmarks.registry;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The processes of a service; all end with this one. */
final class Instances implements AutoCloseable {
  private final List<Process> running = new ArrayList<>();
  private final String redis;
  private final long ttlMillis;

  Instances(String redis, long ttlMillis) {
    this.redis = redis;
    this.ttlMillis = ttlMillis;
  }

  /** Starts one and returns when it has registered. */
  Process start() throws IOException {
    List<String> command =
        List.of(
            System.getProperty("java.home") + "/bin/java",
            "-Xmx64m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Dsun.net.httpserver.nodelay=true",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
            "-cp",
            System.getProperty("java.class.path"),
            InstanceMain.class.getName(),
            redis,
            Long.toString(ttlMillis));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    running.add(process);
    BufferedReader lines = process.inputReader();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.equals("ready")) {
        return process;
      }
    }
    throw new IOException("an instance ended before it was ready");
  }

  /** Lets the oldest stop in its own order and returns when it has ended. */
  void stopOldest() throws Exception {
    Process oldest = running.remove(0);
    oldest.getOutputStream().write('\n');
    oldest.getOutputStream().flush();
    if (!oldest.waitFor(60, TimeUnit.SECONDS)) {
      oldest.destroyForcibly();
      throw new IOException("an instance did not stop");
    }
  }

  /** Kills the oldest. */
  void killOldest() {
    running.remove(0).destroyForcibly();
  }

  @Override
  public void close() {
    running.forEach(Process::destroyForcibly);
  }
}
