package io.spinforge.benchmarks.nginx;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * An nginx with one worker on a configuration of its own, in a folder of its own. A small shell
 * holds it, and ends it and removes the folder when our end of a pipe closes, however this JVM
 * ends. Not thread-safe.
 */
final class NginxProcess implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 20;

  /** Arguments: the program, the folder. */
  private static final String SHELL =
      """
      "$1" -p "$2/" -c "$2/nginx.conf" -e "$2/error.log" </dev/null >"$2/out.log" 2>&1 &
      server=$!
      cat >/dev/null
      kill -s TERM "$server" 2>/dev/null
      wait "$server"
      rm -rf -- "$2"
      """;

  private final Process shell;
  private final Path folder;

  private NginxProcess(Process shell, Path folder) {
    this.shell = shell;
    this.folder = folder;
  }

  /** Returns where nginx is installed. */
  static Optional<Path> installed() {
    return List.of("/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx").stream()
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Returns what it says of its version. */
  static String version(Path program) throws IOException {
    Process process =
        new ProcessBuilder(program.toString(), "-v").redirectErrorStream(true).start();
    try (InputStream out = process.getInputStream()) {
      return new String(out.readAllBytes(), UTF_8).strip();
    }
  }

  /** Starts it; whether it listens is for the caller to find out. */
  static NginxProcess start(Path program, String configuration) throws IOException {
    Path folder = Files.createTempDirectory("nginx");
    Files.writeString(folder.resolve("nginx.conf"), configuration);
    List<String> command =
        List.of("sh", "-c", SHELL, "leash", program.toString(), folder.toString());
    Process shell =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    return new NginxProcess(shell, folder);
  }

  /** Returns what it has complained about, for a message. */
  String log() throws IOException {
    Path out = folder.resolve("out.log");
    return Files.exists(out) ? Files.readString(out) : "(no output)";
  }

  /** Ends it and returns when it and its folder are gone. */
  @Override
  public void close() throws IOException {
    shell.getOutputStream().close();
    try {
      if (!shell.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("nginx did not end within " + PATIENCE_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the shell ends it without being watched
    }
  }
}
