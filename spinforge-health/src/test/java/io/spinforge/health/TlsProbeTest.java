package io.spinforge.health;

import static io.spinforge.health.ScriptedServer.OK;
import static io.spinforge.health.ScriptedServer.answer;
import static io.spinforge.health.ScriptedServer.status;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.HttpProbe;
import io.spinforge.health.probe.Probe;
import io.spinforge.health.probe.ProbeResult;
import io.spinforge.health.probe.RedisProbe;
import io.spinforge.health.probe.TcpProbe;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS against a real TLS server, with a certificate that keytool has made. */
class TlsProbeTest {
  private static TestTls tls;

  @BeforeAll
  static void certificate(@TempDir Path folder) throws Exception {
    tls = new TestTls(folder, "dns:localhost,ip:127.0.0.1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aTrustedServerIsHealthyOnOneKeptConnection(String version) throws Exception {
    SSLServerSocket listener = (SSLServerSocket) tls.listen();
    listener.setEnabledProtocols(new String[] {version});
    try (ScriptedServer server = new ScriptedServer(listener, "\r\n\r\n", OK);
        HealthChecker<URI> checker = checker(trusting())) {
      URI target = uri(server, "localhost");
      checker.targets(List.of(target));
      assertThat(checker.ready().get(30, TimeUnit.SECONDS).healthy()).containsExactly(target);
      await()
          .until(
              () -> {
                checker.reportFailure(target, new IOException("again"));
                return server.requests.get() >= 10;
              });
      assertThat(server.accepted.get()).isEqualTo(1);
      assertThat(server.lastRequest).startsWith("GET /health HTTP/1.1\r\nHost: localhost:");
      server.script(status(503));
      await()
          .until(
              () -> {
                checker.reportFailure(target, new IOException("again"));
                return checker.view().unhealthy().size() == 1;
              });
      assertThat(checker.healthOf(target).orElseThrow().last().failure()).isEqualTo(Failure.STATUS);
    }
  }

  @Test
  void aServerThatEndsItsConnectionsIsConfirmedLongBeforeTheNextRound() throws Exception {
    ScriptedServer server = new ScriptedServer(tls.listen(), "\r\n\r\n", OK);
    try (HealthChecker<URI> checker = checker(trusting())) {
      URI target = uri(server, "localhost");
      checker.targets(List.of(target));
      assertThat(checker.ready().get(30, TimeUnit.SECONDS).healthy()).hasSize(1);
      server.close();
      await().until(() -> checker.view().unhealthy().size() == 1);
      assertThat(checker.healthOf(target).orElseThrow().last().failure())
          .isEqualTo(Failure.REFUSED);
    } finally {
      server.close();
    }
  }

  @Test
  void bigAnswersComeInManyRecordsAndEndlessOnesAreCutOff() throws Exception {
    String big = "HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n" + "x".repeat(60_000);
    try (ScriptedServer server = new ScriptedServer(tls.listen(), "\r\n\r\n", answer(big))) {
      assertThat(once(trusting(), uri(server, "127.0.0.1"))).isEqualTo(ProbeResult.healthy());
      server.script(answer("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(200_000)));
      assertThat(once(trusting(), uri(server, "localhost")).failure()).isEqualTo(Failure.TOO_LARGE);
    }
  }

  @Test
  void aCertificateOfNobodyWeTrustOrOfAnotherNameIsATlsFailure(@TempDir Path folder)
      throws Exception {
    try (ScriptedServer server = new ScriptedServer(tls.listen(), "\r\n\r\n", OK)) {
      ProbeResult unknown = once(HttpProbe.get(uri -> uri), uri(server, "localhost"));
      assertThat(unknown.failure()).as("%s", unknown).isEqualTo(Failure.TLS);
      assertThat(unknown.detail()).contains("PKIX");
      TcpProbe<InetSocketAddress> tcp = TcpProbe.<InetSocketAddress>connect(a -> a).tls();
      assertThat(once(tcp, address(server)).failure()).isEqualTo(Failure.TLS);
      assertThat(server.requests.get()).isZero();
    }
    TestTls other = new TestTls(folder, "dns:elsewhere.example");
    try (ScriptedServer server = new ScriptedServer(other.listen(), "\r\n\r\n", OK)) {
      HttpProbe<URI> probe = HttpProbe.<URI>get(uri -> uri).tls(other.context());
      ProbeResult named = once(probe, uri(server, "localhost"));
      assertThat(named.failure()).as("%s", named).isEqualTo(Failure.TLS);
      assertThat(named.detail()).contains("localhost");
    }
  }

  @Test
  void anAlertAPlainServerAndAnEndInTheHandshakeAreTlsFailures() throws Exception {
    SSLServerSocket listener = (SSLServerSocket) tls.listen();
    listener.setNeedClientAuth(true);
    HttpProbe<URI> withoutKey = HttpProbe.<URI>get(uri -> uri).tls(tls.trusting());
    try (ScriptedServer server = new ScriptedServer(listener, "\r\n\r\n", OK)) {
      ProbeResult alert = once(withoutKey, uri(server, "localhost"));
      assertThat(alert.failure()).as("%s", alert).isEqualTo(Failure.TLS);
      assertThat(once(trusting(), uri(server, "localhost"))).isEqualTo(ProbeResult.healthy());
    }
    try (ScriptedServer plain =
        new ScriptedServer(loopback(), "\u0003", answer("HTTP/1.1 400 Bad\r\n\r\n"))) {
      assertThat(once(trusting(), uri(plain, "localhost")).failure()).isEqualTo(Failure.TLS);
      plain.script(socket -> socket.close());
      ProbeResult closed = once(trusting(), uri(plain, "localhost"));
      assertThat(closed.failure()).as("%s", closed).isIn(Failure.TLS, Failure.RESET);
      plain.script(socket -> {});
      ProbeResult silent = once(trusting(), uri(plain, "localhost"));
      assertThat(silent.failure()).isEqualTo(Failure.TIMEOUT);
    }
  }

  @Test
  void tcpAndRedisProbesShakeHandsToo() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(tls.listen(), "health\r\n", answer("+PONG\r\n:0\r\n"))) {
      TcpProbe<InetSocketAddress> tcp =
          TcpProbe.<InetSocketAddress>connect(a -> a).tls(tls.context());
      assertThat(once(tcp, address(server))).isEqualTo(ProbeResult.healthy());
      InetSocketAddress named = InetSocketAddress.createUnresolved("localhost", server.port());
      assertThat(once(tcp, named)).isEqualTo(ProbeResult.healthy());
      RedisProbe<InetSocketAddress> redis =
          RedisProbe.<InetSocketAddress>at(a -> a).tls(tls.context());
      assertThat(once(redis, named)).isEqualTo(ProbeResult.healthy());
    }
  }

  @Test
  void nullContextsAreRefusedByName() {
    assertThatThrownBy(() -> HttpProbe.get(x -> null).tls(null)).hasMessage("context");
    assertThatThrownBy(() -> TcpProbe.connect(x -> null).tls(null)).hasMessage("context");
    assertThatThrownBy(() -> RedisProbe.at(x -> null).tls(null)).hasMessage("context");
  }

  private static HttpProbe<URI> trusting() throws Exception {
    return HttpProbe.<URI>get(uri -> uri).tls(tls.context());
  }

  private static URI uri(ScriptedServer server, String host) {
    return URI.create("https://" + host + ":" + server.port() + "/health");
  }

  private static InetSocketAddress address(ScriptedServer server) throws IOException {
    return new InetSocketAddress(InetAddress.getByName("127.0.0.1"), server.port());
  }

  private static ServerSocket loopback() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
  }

  private static <T> ProbeResult once(Probe<T> probe, T target) throws Exception {
    try (HealthChecker<T> checker = checker(probe)) {
      checker.targets(List.of(target));
      checker.ready().get(30, TimeUnit.SECONDS);
      return checker.healthOf(target).orElseThrow().last();
    }
  }

  private static <T> HealthChecker<T> checker(Probe<T> probe) {
    return HealthChecker.<T>builder()
        .probe(probe)
        .interval(ofMinutes(5))
        .fastInterval(ofMillis(1))
        .build();
  }
}
