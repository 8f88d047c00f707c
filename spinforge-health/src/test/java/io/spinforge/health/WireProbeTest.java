package io.spinforge.health;

import static io.spinforge.health.ScriptedServer.OK;
import static io.spinforge.health.ScriptedServer.answer;
import static io.spinforge.health.ScriptedServer.status;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.spinforge.health.ScriptedServer.Script;
import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.HttpProbe;
import io.spinforge.health.probe.Probe;
import io.spinforge.health.probe.ProbeResult;
import io.spinforge.health.probe.TcpProbe;
import io.spinforge.health.probe.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** HTTP and TCP probes against real sockets that misbehave. */
class WireProbeTest {

  static Stream<Arguments> faults() {
    String ok = "HTTP/1.1 200 OK\r\n";
    Script silence = socket -> {};
    Script hangUp = socket -> socket.close();
    Script reset =
        socket -> {
          socket.getOutputStream().write(ok.getBytes(ISO_8859_1));
          socket.setSoLinger(true, 0);
          socket.close();
        };
    Script halfAndHangUp =
        socket -> {
          answer(ok + "Content-Length: 5\r\n\r\nabc").answer(socket);
          socket.close();
        };
    return Stream.of(
        Arguments.of("silence", silence, Failure.TIMEOUT),
        Arguments.of("half an answer", answer(ok), Failure.TIMEOUT),
        Arguments.of("a byte now and then", slowly(ok + "A: " + "b".repeat(500)), Failure.TIMEOUT),
        Arguments.of("closed without an answer", hangUp, Failure.CLOSED),
        Arguments.of("closed in the body", halfAndHangUp, Failure.CLOSED),
        Arguments.of("reset in the header", reset, Failure.RESET),
        Arguments.of("a megabyte of header", endless(ok + "A: ", "b"), Failure.TOO_LARGE),
        Arguments.of(
            "endless chunks",
            endless(ok + "Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"),
            Failure.TOO_LARGE),
        Arguments.of("an endless body", endless(ok + "\r\n", "x"), Failure.TOO_LARGE),
        Arguments.of(
            "a TLS alert", answer("\u0015\u0003\u0001\0\u0002\u0002\n"), Failure.MALFORMED),
        Arguments.of("another protocol", answer("-ERR unknown\r\n"), Failure.MALFORMED),
        Arguments.of("a redirect", status(302), Failure.STATUS),
        Arguments.of("not found", status(404), Failure.STATUS),
        Arguments.of("overload", status(503), Failure.STATUS));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void eachFaultIsToldAsWhatItIs(String name, Script script, Failure expected) throws Exception {
    try (ScriptedServer server = new ScriptedServer(script)) {
      ProbeResult result = once(HttpProbe.get(uri -> uri), server.uri());
      assertThat(result.failure()).as("%s", result).isEqualTo(expected);
      assertThat(result.detail()).isNotEmpty();
    }
  }

  static Stream<String> answers() {
    String ok = "HTTP/1.1 200 OK\r\n";
    return Stream.of(
        ok + "Content-Length: 2\r\n\r\nok",
        ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok + "Content-Length: 0\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n");
  }

  @ParameterizedTest
  @MethodSource("answers")
  void goodAnswersAreHealthyHoweverTheyAreFramed(String text) throws Exception {
    try (ScriptedServer server = new ScriptedServer(answer(text))) {
      assertThat(once(HttpProbe.get(uri -> uri), server.uri())).isEqualTo(ProbeResult.healthy());
      assertThat(server.lastRequest)
          .isEqualTo(
              "GET /health?x=1 HTTP/1.1\r\nHost: 127.0.0.1:"
                  + server.port()
                  + "\r\nUser-Agent: spinforge-health\r\n\r\n");
    }
  }

  @Test
  void anAnswerMayEndWithTheConnection() throws Exception {
    Script script =
        socket -> {
          answer("HTTP/1.1 200 OK\r\n\r\nok").answer(socket);
          socket.close();
        };
    try (ScriptedServer server = new ScriptedServer(script)) {
      assertThat(once(HttpProbe.get(uri -> uri), server.uri())).isEqualTo(ProbeResult.healthy());
    }
  }

  @Test
  void statusesAndHeadersAreTheHostsChoice() throws Exception {
    try (ScriptedServer server = new ScriptedServer(status(404))) {
      HttpProbe<URI> probe =
          HttpProbe.<URI>get(uri -> uri)
              .header("Authorization", "Bearer t")
              .header("User-Agent", "me")
              .healthyWhen(s -> s < 500)
              .degradedWhen(s -> s == 429);
      assertThat(once(probe, server.uri())).isEqualTo(ProbeResult.healthy());
      assertThat(server.lastRequest)
          .endsWith("\r\nAuthorization: Bearer t\r\nUser-Agent: me\r\n\r\n")
          .doesNotContain("spinforge");
      server.script(status(429));
      assertThat(once(probe, server.uri()).verdict()).isEqualTo(Verdict.DEGRADED);
      HttpProbe<URI> throwing =
          probe.healthyWhen(
              s -> {
                throw new IllegalStateException("no rule");
              });
      server.script(OK);
      assertThat(once(throwing, server.uri()).failure()).isEqualTo(Failure.ERROR);
    }
  }

  @Test
  void nobodyListeningIsRefusedAtOnce() throws Exception {
    int port = unusedPort();
    ProbeResult http = once(HttpProbe.get(uri -> uri), URI.create("http://127.0.0.1:" + port));
    assertThat(http).isEqualTo(ProbeResult.failed(Failure.REFUSED, "connection refused"));
    InetSocketAddress address = InetSocketAddress.createUnresolved("127.0.0.1", port);
    assertThat(once(TcpProbe.connect(a -> a), address)).isEqualTo(http);
    HttpProbe<URI> foreign = HttpProbe.<URI>get(uri -> uri).client(HttpClient.newHttpClient());
    assertThat(once(foreign, URI.create("http://127.0.0.1:" + port)).failure())
        .isEqualTo(Failure.REFUSED);
  }

  @Test
  void tcpProbesConnectAndNamesAreResolved() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
      InetSocketAddress address =
          InetSocketAddress.createUnresolved("localhost", server.getLocalPort());
      assertThat(once(TcpProbe.connect(a -> a), address)).isEqualTo(ProbeResult.healthy());
    }
  }

  @Test
  void aClientOfTheHostIsUsedForAnyUriAndOursForHttps() throws Exception {
    try (ScriptedServer server = new ScriptedServer(OK)) {
      HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
      HttpProbe<URI> probe = HttpProbe.<URI>get(uri -> uri).client(client).header("X-A", "b");
      assertThat(once(probe, server.uri())).isEqualTo(ProbeResult.healthy());
      assertThat(server.lastRequest).contains("X-A: b").contains("Java-http-client");
      URI https = URI.create("https://127.0.0.1:" + server.port());
      server.script(answer("plain text\r\n\r\n"));
      ProbeResult result = once(HttpProbe.get(uri -> uri), https);
      assertThat(result.verdict()).isEqualTo(Verdict.FAILED);
    }
  }

  @Test
  void anAddressThatCannotBeProbedIsAFailureOfThatTarget() throws Exception {
    for (String bad : List.of("ftp://127.0.0.1/", "http:///x", "http://u:p@127.0.0.1/", "x")) {
      ProbeResult result = once(HttpProbe.get(uri -> uri), URI.create(bad));
      assertThat(result.failure()).isEqualTo(Failure.ERROR);
      assertThat(result.detail()).contains("uri: " + bad + " (expected: http://");
    }
    ProbeResult nothing = once(HttpProbe.get(x -> null), "a");
    assertThat(nothing.detail()).contains("uri of the target");
  }

  @Test
  void oneConnectionServesManyProbesAndIsReplacedWhenTheServerEndsIt() throws Exception {
    try (ScriptedServer server = new ScriptedServer(OK);
        HealthChecker<URI> checker = slow(HttpProbe.get(uri -> uri))) {
      checker.targets(List.of(server.uri()));
      probe(checker, server, 5);
      assertThat(server.accepted.get()).isEqualTo(1);
      server.cut();
      probe(checker, server, 10);
      assertThat(server.accepted.get()).isEqualTo(2);
      assertThat(checker.stats().failed()).isZero();
      assertThat(checker.view().healthy()).containsExactly(server.uri());
    }
  }

  @Test
  void aServerThatClosesAfterEachAnswerIsHealthy() throws Exception {
    Script script =
        socket -> {
          answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").answer(socket);
          socket.close();
        };
    try (ScriptedServer server = new ScriptedServer(script);
        HealthChecker<URI> checker = slow(HttpProbe.get(uri -> uri))) {
      checker.targets(List.of(server.uri()));
      probe(checker, server, 10);
      assertThat(checker.stats().failed()).isZero();
    }
  }

  @Test
  void aClosedIdleConnectionIsConfirmedLongBeforeTheNextRound() throws Exception {
    ScriptedServer server = new ScriptedServer(OK);
    try (HealthChecker<URI> checker = slow(HttpProbe.get(uri -> uri))) {
      checker.targets(List.of(server.uri()));
      assertThat(checker.ready().get(20, TimeUnit.SECONDS).healthy()).hasSize(1);
      server.close();
      await().atMost(ofSeconds(10)).until(() -> checker.view().unhealthy().size() == 1);
      Health health = checker.healthOf(server.uri()).orElseThrow();
      assertThat(health.last()).isNotNull();
      assertThat(health.last().failure()).isEqualTo(Failure.REFUSED);
      assertThat(checker.stats().confirmations()).isPositive();
    } finally {
      server.close();
    }
  }

  @Test
  @SuppressWarnings("try") // closes the checker early, to see what that does
  void removedTargetsLoseTheirConnections() throws Exception {
    try (ScriptedServer server = new ScriptedServer(OK);
        HealthChecker<URI> checker = slow(HttpProbe.get(uri -> uri))) {
      checker.targets(List.of(server.uri(), server.uri().resolve("/other")));
      checker.ready().get(20, TimeUnit.SECONDS);
      assertThat(checker.stats().connections()).isEqualTo(2);
      checker.targets(List.of(server.uri()));
      await().until(() -> checker.stats().connections() == 1 && server.open() == 1);
      checker.close();
      await().until(() -> server.open() == 0);
      assertThat(checker.stats().connections()).isZero();
    }
  }

  private static <T> ProbeResult once(Probe<T> probe, T target) throws Exception {
    try (HealthChecker<T> checker = slow(probe)) {
      checker.targets(List.of(target));
      checker.ready().get(30, TimeUnit.SECONDS);
      ProbeResult last = checker.healthOf(target).orElseThrow().last();
      assertThat(last).isNotNull();
      return last;
    }
  }

  private static <T> HealthChecker<T> slow(Probe<T> probe) {
    return HealthChecker.<T>builder()
        .probe(probe)
        .interval(Duration.ofMinutes(5))
        .fastInterval(ofMillis(1))
        .build();
  }

  /** Has the target probed until the server has seen so many requests in all. */
  private static void probe(HealthChecker<URI> checker, ScriptedServer server, int requests) {
    await()
        .pollInterval(ofMillis(10))
        .until(
            () -> {
              checker.reportFailure(server.uri(), new IOException("seen by a request"));
              return server.requests.get() >= requests;
            });
  }

  private static Script slowly(String text) {
    return socket -> {
      for (byte b : text.getBytes(ISO_8859_1)) {
        socket.getOutputStream().write(b);
        TimeUnit.MILLISECONDS.sleep(20);
      }
    };
  }

  private static Script endless(String start, String more) {
    return socket -> {
      answer(start).answer(socket);
      for (int i = 0; i < 2_000; i++) {
        answer(more.repeat(600)).answer(socket);
      }
    };
  }

  private static int unusedPort() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return server.getLocalPort();
    }
  }
}
