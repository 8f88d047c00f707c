package io.spinforge.cache;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** A Redis that is too old is named when the manager is built. */
class OldRedisTest {
  @Test
  void redisBeforeSixTwoIsRefusedByTheBuild() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread thread = new Thread(() -> accept(server), "old-redis");
      thread.setDaemon(true);
      thread.start();
      String uri = "redis://127.0.0.1:" + server.getLocalPort();
      // A build does not wait forever for an answer, and a busy machine may be slow to give it.
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> build(uri))
                      .isInstanceOf(IllegalStateException.class)
                      .hasMessage("redis_version: 5.0.14 (expected: 6.2 or newer, or Valkey)"));
    }
  }

  private static void build(String uri) {
    RedisLayer layer = RedisLayer.of(uri).commandTimeout(Duration.ofSeconds(5));
    CacheManager.builder().redis(layer).build().close();
  }

  private static void accept(ServerSocket server) {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread thread = new Thread(() -> serve(socket), "old-redis-connection");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        return;
      }
    }
  }

  /** Answers INFO as an old server, PING as any, and nothing else. */
  private static void serve(Socket socket) {
    try (socket;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        OutputStream out = socket.getOutputStream()) {
      String line = in.readLine();
      while (line != null) {
        int arguments = Integer.parseInt(line.substring(1));
        String command = "";
        for (int i = 0; i < arguments; i++) {
          in.readLine();
          String argument = in.readLine();
          command = i == 0 ? argument.toUpperCase(Locale.ROOT) : command;
        }
        out.write(answer(command).getBytes(StandardCharsets.UTF_8));
        line = in.readLine();
      }
    } catch (IOException e) {
      // the client has gone
    }
  }

  private static String answer(String command) {
    String info = "redis_version:5.0.14\r\nrun_id:abc\r\nrole:master";
    return switch (command) {
      case "INFO" -> "$" + info.length() + "\r\n" + info + "\r\n";
      case "PING" -> "+PONG\r\n";
      default -> "-ERR unknown command\r\n";
    };
  }
}
