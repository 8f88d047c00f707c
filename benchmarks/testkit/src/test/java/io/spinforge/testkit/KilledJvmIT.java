package io.spinforge.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Servers end with the JVM that started them, also when that is killed with SIGKILL. */
class KilledJvmIT {

  private static final Duration SOON = Duration.ofSeconds(20);

  @Test
  void noServerOutlivesAKilledJvm() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath = System.getProperty("java.class.path");
    Process child =
        new ProcessBuilder(java, "-cp", classPath, StartsServers.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      List<String> started;
      try (BufferedReader out =
          new BufferedReader(new InputStreamReader(child.getInputStream(), UTF_8))) {
        started = Stream.generate(() -> readLine(out)).takeWhile(s -> !s.equals("up")).toList();
      }
      assertThat(started).hasSize(4);
      for (String port : started) {
        new Socket(Ports.LOOPBACK, Integer.parseInt(port)).close();
      }

      child.destroyForcibly(); // SIGKILL: no shutdown hook, no finally.

      await().atMost(SOON).untilAsserted(() -> started.forEach(KilledJvmIT::assertRefused));
    } finally {
      child.destroyForcibly();
    }
  }

  private static String readLine(BufferedReader in) {
    try {
      String line = in.readLine();
      return line == null ? "up" : line;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertRefused(String port) {
    assertThatThrownBy(() -> new Socket(Ports.LOOPBACK, Integer.parseInt(port)).close())
        .isInstanceOf(ConnectException.class);
  }

  /** The JVM to be killed: starts servers, one of them paused, says where, and waits. */
  static final class StartsServers {

    private StartsServers() {}

    public static void main(String[] args) throws Exception {
      System.out.println(RedisServer.start().port());
      RedisServer paused = RedisServer.start();
      paused.pause();
      System.out.println(paused.port());
      System.out.println(RedisCluster.start().ports().get(2));
      System.out.println(PostgresServer.start().port());
      System.out.println("up");
      Thread.sleep(Duration.ofMinutes(5).toMillis());
    }
  }
}
