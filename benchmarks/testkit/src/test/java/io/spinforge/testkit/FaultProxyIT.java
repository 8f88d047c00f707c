package io.spinforge.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.spinforge.testkit.FaultProxy.Direction;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultProxyIT {

  private static final Duration PATIENT = Duration.ofSeconds(20);
  private static final Duration HASTY = Duration.ofMillis(200);

  private static RedisServer redis;
  private FaultProxy proxy;

  @BeforeAll
  static void startRedis() {
    redis = RedisServer.start();
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  @BeforeEach
  void startProxy() {
    proxy = FaultProxy.to(redis.port());
  }

  @AfterEach
  void stopProxy() {
    proxy.close();
  }

  @Test
  void forwardsBothWaysUnchanged() throws IOException {
    String big = "x".repeat(1_000_000);
    try (Resp resp = connect(PATIENT)) {
      assertThat(resp.call("SET", "big", big)).isEqualTo("OK");
      assertThat(resp.call("GET", "big")).isEqualTo(big);
      assertThat(proxy.connections()).isEqualTo(1);
    }
    await().until(() -> proxy.connections() == 0);
  }

  @Test
  void delayMakesAnswersLateAndNotFewer() throws IOException {
    try (Resp resp = connect(PATIENT)) {
      proxy.delay(Duration.ofMillis(150));
      long start = System.nanoTime();
      assertThat(resp.call("PING")).isEqualTo("PONG");
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(150_000_000);
      proxy.delay(Direction.REQUESTS, Duration.ofMillis(100));
      start = System.nanoTime();
      assertThat(resp.call("PING")).isEqualTo("PONG");
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(250_000_000);
    }
  }

  @Test
  void delayedBytesTravelTogether() throws IOException {
    proxy.delay(Duration.ofMillis(500));
    try (Socket socket = new Socket(Ports.LOOPBACK, proxy.port())) {
      socket.setSoTimeout((int) PATIENT.toMillis());
      long start = System.nanoTime();
      for (int i = 0; i < 20; i++) {
        socket.getOutputStream().write("PING\r\n".getBytes(US_ASCII));
        await().pollDelay(Duration.ofMillis(5)).until(() -> true);
      }
      socket.getInputStream().readNBytes(20 * "+PONG\r\n".length());
      // One after the other they would take ten seconds.
      assertThat(System.nanoTime() - start).isBetween(500_000_000L, 5_000_000_000L);
    }
  }

  @Test
  void cutBreaksWhatIsOpenAndServesWhatIsNew() throws IOException {
    try (Resp resp = connect(PATIENT)) {
      resp.call("PING");
      proxy.cut();
      assertThatThrownBy(() -> resp.call("PING")).isInstanceOf(SocketException.class);
    }
    try (Resp resp = connect(PATIENT)) {
      assertThat(resp.call("PING")).isEqualTo("PONG");
    }
  }

  @Test
  void refuseClosesNewConnectionsUntilHealed() throws IOException {
    try (Resp open = connect(PATIENT)) {
      open.call("PING");
      proxy.refuse();
      assertThat(open.call("PING")).isEqualTo("PONG");
      assertThatIOException().isThrownBy(() -> ping());
      proxy.heal();
      assertThat(ping()).isEqualTo("PONG");
    }
  }

  @Test
  void halfOpenHoldsEverythingBackUntilHealed() throws IOException {
    try (Socket socket = new Socket(Ports.LOOPBACK, proxy.port())) {
      proxy.halfOpen();
      socket.setSoTimeout((int) HASTY.toMillis());
      socket.getOutputStream().write("PING\r\n".getBytes(US_ASCII));
      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      try (Resp fresh = connect(HASTY)) {
        assertThatThrownBy(() -> fresh.call("PING")).isInstanceOf(SocketTimeoutException.class);
      }
      proxy.heal();
      socket.setSoTimeout((int) PATIENT.toMillis());
      assertThat(socket.getInputStream().readNBytes(7)).isEqualTo("+PONG\r\n".getBytes(US_ASCII));
    }
  }

  @Test
  void halfOpenAnswersMeanThatTheServerDidIt() throws IOException {
    proxy.halfOpen(Direction.ANSWERS);
    try (Resp resp = connect(HASTY)) {
      assertThatThrownBy(() -> resp.call("SET", "done", "yes"))
          .isInstanceOf(SocketTimeoutException.class);
    }
    try (Resp direct = Resp.connect(redis.port(), PATIENT)) {
      assertThat(direct.call("GET", "done")).isEqualTo("yes");
    }
  }

  @Test
  void cutAfterEndsAnAnswerInItsMiddle() throws IOException {
    proxy.cutAfter(10);
    for (int i = 0; i < 2; i++) {
      try (Socket socket = new Socket(Ports.LOOPBACK, proxy.port())) {
        socket.setSoTimeout((int) PATIENT.toMillis());
        socket.getOutputStream().write("PING\r\nPING\r\n".getBytes(US_ASCII));
        assertThat(socket.getInputStream().readNBytes(10)).asString().isEqualTo("+PONG\r\n+PO");
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
      }
    }
    proxy.heal();
    assertThat(ping()).isEqualTo("PONG");
  }

  @Test
  void cutAfterCountsFromNowOnOpenConnections() throws IOException {
    try (Resp resp = connect(PATIENT)) {
      resp.call("PING");
      proxy.cutAfter(7);
      assertThat(resp.call("PING")).isEqualTo("PONG");
      assertThatIOException().isThrownBy(() -> resp.call("PING"));
    }
  }

  @Test
  void absentServerCutsTheClient() throws IOException {
    try (FaultProxy toNobody = FaultProxy.to(Ports.pick(0))) {
      assertThatIOException()
          .isThrownBy(
              () -> {
                // The cut may come while the client still connects, or later.
                try (Resp resp = Resp.connect(toNobody.port(), PATIENT)) {
                  resp.call("PING");
                }
              });
    }
  }

  @Test
  void closeEndsEverything() throws IOException {
    Resp resp = connect(PATIENT);
    resp.call("PING");
    proxy.halfOpen();
    proxy.close();
    assertThatIOException().isThrownBy(() -> resp.call("PING"));
    assertThatThrownBy(() -> connect(PATIENT)).isInstanceOf(ConnectException.class);
    proxy.close();
  }

  @Test
  void wrongValuesAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FaultProxy.to(0))
        .withMessage("port: 0 (expected: 1 to 65535)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> proxy.delay(Duration.ofMillis(-1)))
        .withMessage("delay: PT-0.001S (expected: >= 0)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> proxy.cutAfter(-1))
        .withMessage("bytes: -1 (expected: >= 0)");
  }

  private Resp connect(Duration timeout) throws IOException {
    return Resp.connect(proxy.port(), timeout);
  }

  private String ping() throws IOException {
    try (Resp resp = connect(PATIENT)) {
      return resp.call("PING");
    }
  }
}
