package io.spinforge.scaling.target;

import static java.util.Objects.requireNonNull;

import io.spinforge.scaling.internal.Checks;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How a pool knows that a worker takes work. Checked about 20 times a second until it is so, one
 * check at a time, on a thread where it may block. Immutable and thread-safe.
 */
public final class Readiness {
  private static final int TIMEOUT_MILLIS = 1000;

  final @Nullable Predicate<Worker> check;
  final @Nullable Predicate<String> line;

  private Readiness(@Nullable Predicate<Worker> check, @Nullable Predicate<String> line) {
    this.check = check;
    this.line = line;
  }

  /** Takes a worker as ready once its process runs. */
  public static Readiness whenStarted() {
    return new Readiness(null, null);
  }

  /** Takes a worker as ready once it has written a line like this to its output. */
  public static Readiness line(Predicate<String> line) {
    return new Readiness(null, requireNonNull(line, "line"));
  }

  /** Takes a worker as ready once its port on the loopback address accepts a connection. */
  public static Readiness tcp() {
    return when(
        worker -> {
          try (Socket socket = new Socket()) {
            socket.connect(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), worker.port()),
                TIMEOUT_MILLIS);
            return true;
          } catch (IOException e) {
            return false;
          }
        });
  }

  /**
   * Takes a worker as ready once {@code GET} of this path at its port on the loopback address is
   * answered with 2xx within 1 s.
   *
   * @param path starts with a slash
   */
  public static Readiness http(String path) {
    Checks.argument(path.startsWith("/"), "path", "'" + path + "'", "starts with /");
    return when(
        worker -> {
          try {
            URI uri = URI.create("http://127.0.0.1:" + worker.port() + path);
            HttpURLConnection connection =
                (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            connection.setInstanceFollowRedirects(false);
            try {
              return connection.getResponseCode() / 100 == 2;
            } finally {
              connection.disconnect();
            }
          } catch (IOException e) {
            return false;
          }
        });
  }

  /** Takes a worker as ready once the host says so; an exception is a no. */
  public static Readiness when(Predicate<Worker> check) {
    return new Readiness(requireNonNull(check, "check"), null);
  }
}
