package io.spinforge.health;

import static io.spinforge.health.ScriptedServer.answer;
import static io.spinforge.health.ScriptedServer.status;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.spinforge.health.ScriptedServer.Script;
import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.HttpProbe;
import io.spinforge.health.probe.JdbcProbe;
import io.spinforge.health.probe.Probe;
import io.spinforge.health.probe.ProbeResult;
import io.spinforge.health.probe.RedisProbe;
import io.spinforge.health.probe.TcpProbe;
import io.spinforge.health.probe.Verdict;
import io.spinforge.testkit.FaultProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way in which a target can misbehave, what a probe says of it, and how soon. */
class FaultTableTest {
  /** For those that are expected to time out; the others get what a loaded machine may need. */
  private static final long SHORT_MILLIS = 250;

  private static final long LONG_MILLIS = 20_000;
  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static TestTls tls;

  @BeforeAll
  static void certificate(@TempDir Path folder) throws Exception {
    tls = new TestTls(folder, "dns:elsewhere.example");
  }

  /** One fault: made, probed by the given rule, and gone. */
  interface Fault {
    Seen probe(Rule rule) throws Exception;
  }

  record Rule(long timeoutMillis) {
    <T> Seen once(Probe<T> probe, T target) throws Exception {
      return FaultTableTest.once(probe, target, timeoutMillis);
    }
  }

  record Seen(ProbeResult result, long nanos, long lateNanos) {}

  static Stream<Arguments> http() {
    Script silence = socket -> {};
    return Stream.of(
        row("silence", silence, Failure.TIMEOUT),
        row("half a status line", answer("HTTP/1.1 2"), Failure.TIMEOUT),
        row("half a header", answer(OK + "Content-Le"), Failure.TIMEOUT),
        row("half a body", answer(OK + "Content-Length: 5\r\n\r\nabc"), Failure.TIMEOUT),
        row("a byte now and then", slowly(OK + "A: " + "b".repeat(500)), Failure.TIMEOUT),
        row("closed without an answer", socket -> socket.close(), Failure.CLOSED),
        row("closed in the header", thenClosed(OK), Failure.CLOSED),
        row("closed in the body", thenClosed(OK + "Content-Length: 5\r\n\r\nabc"), Failure.CLOSED),
        row(
            "closed in a chunk",
            thenClosed(OK + "Transfer-Encoding: chunked\r\n\r\n5\r\nab"),
            Failure.CLOSED),
        row("reset without an answer", thenReset(""), Failure.RESET),
        row("reset in the header", thenReset(OK), Failure.RESET),
        row("a megabyte of one header", endless(OK + "A: ", "b"), Failure.TOO_LARGE),
        row("a megabyte of headers", endless(OK, "A: b\r\n"), Failure.TOO_LARGE),
        row("endless interim answers", endless("", "HTTP/1.1 103 E\r\n\r\n"), Failure.TOO_LARGE),
        row("an endless body", endless(OK + "\r\n", "x"), Failure.TOO_LARGE),
        row(
            "endless chunks",
            endless(OK + "Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"),
            Failure.TOO_LARGE),
        row(
            "a gigabyte announced",
            answer(OK + "Content-Length: 1000000000\r\n\r\n"),
            Failure.TOO_LARGE),
        row("a TLS alert", answer("\u0015\u0003\u0001\0\u0002\u0002\n"), Failure.MALFORMED),
        row("a Redis error", answer("-ERR unknown\r\n"), Failure.MALFORMED),
        row("an SSH banner", answer("SSH-2.0-OpenSSH_9.9\r\n"), Failure.MALFORMED),
        row("a line without CR", answer("HTTP/1.1 200 OK\n\n"), Failure.MALFORMED),
        row("a folded header", answer(OK + "A: b\r\n c\r\n\r\n"), Failure.MALFORMED),
        row(
            "two lengths",
            answer(OK + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na"),
            Failure.MALFORMED),
        row(
            "a length beside chunks",
            answer(OK + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
            Failure.MALFORMED),
        row(
            "another protocol is taken up",
            answer("HTTP/1.1 101 Switching\r\n\r\n"),
            Failure.MALFORMED),
        row("a redirect", status(302), Failure.STATUS),
        row("not found", status(404), Failure.STATUS),
        row("an error", status(500), Failure.STATUS),
        row("overload", status(503), Failure.STATUS));
  }

  static Stream<Arguments> redis() {
    return Stream.of(
        redis("Redis loads", "-LOADING Redis is loading the dataset\r\n", Failure.NOT_READY),
        redis(
            "Redis wants a password", "-NOAUTH Authentication required.\r\n", Failure.UNAUTHORIZED),
        redis("a wrong password", "-WRONGPASS invalid\r\n", Failure.UNAUTHORIZED),
        redis(
            "a replica without master",
            "+PONG\r\n-MASTERDOWN Link with MASTER is down\r\n",
            Failure.NOT_READY),
        redis("a cluster in pieces", "+PONG\r\n-CLUSTERDOWN Hash slot\r\n", Failure.NOT_READY),
        redis("a script that does not end", "-BUSY Redis is busy\r\n", Failure.NOT_READY),
        redis("a Redis that has no memory left", "+PONG\r\n-OOM command\r\n", Failure.STATUS),
        redis("a Redis that answers half", "+PONG\r\n", Failure.TIMEOUT),
        redis("no Redis at all", "HTTP/1.1 400 Bad Request\r\n\r\n", Failure.MALFORMED),
        redis("an endless line", "+" + "x".repeat(10_000), Failure.MALFORMED));
  }

  static Stream<Arguments> others() {
    return Stream.of(
        other("refused by HTTP", FaultTableTest::refusedHttp, Failure.REFUSED),
        other("refused by TCP", FaultTableTest::refusedTcp, Failure.REFUSED),
        other("half-open", FaultTableTest::halfOpen, Failure.TIMEOUT),
        other("a name without address", FaultTableTest::noName, Failure.UNRESOLVED),
        other(
            "TLS asked of a plain server",
            rule -> https(rule, answer("HTTP/1.1 400 Bad\r\n\r\n")),
            Failure.TLS),
        other("TLS never answered", rule -> https(rule, socket -> {}), Failure.TIMEOUT),
        other("a certificate we do not trust", rule -> certificate(rule, false), Failure.TLS),
        other("a certificate of another name", rule -> certificate(rule, true), Failure.TLS),
        other("isValid hangs", rule -> jdbc(rule, FakeDatabase::hangs), Failure.TIMEOUT),
        other("isValid says no", rule -> jdbc(rule, FakeDatabase::saysNo), Failure.ERROR),
        other(
            "a database that refuses the login",
            rule -> jdbc(rule, state("28P01")),
            Failure.UNAUTHORIZED),
        other("a database that starts", rule -> jdbc(rule, state("57P03")), Failure.NOT_READY),
        other("a closed pool", FaultTableTest::closedPool, Failure.CLOSED),
        other(
            "a check that throws",
            rule -> rule.once(Probe.blocking(t -> fail()), "x"),
            Failure.ERROR),
        other("a check that never ends", FaultTableTest::endlessCheck, Failure.TIMEOUT),
        other(
            "a stage that never completes",
            rule -> rule.once(Probe.async((t, limit) -> new CompletableFuture<>()), "x"),
            Failure.TIMEOUT));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"http", "redis", "others"})
  void eachFaultIsToldAsWhatItIsAndInTime(String name, Fault fault, Failure expected)
      throws Exception {
    long timeout = expected == Failure.TIMEOUT ? SHORT_MILLIS : LONG_MILLIS;
    Seen seen = fault.probe(new Rule(timeout));
    assertThat(seen.result.failure()).as("%s", seen.result).isEqualTo(expected);
    assertThat(seen.result.detail()).isNotEmpty();
    // The goal is 50 ms over the timeout; a loaded machine may take longer to run two threads.
    long over = seen.nanos - seen.lateNanos - TimeUnit.MILLISECONDS.toNanos(timeout);
    assertThat(over).isLessThan(TimeUnit.SECONDS.toNanos(10));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("degraded")
  void whatWorksWithAReservationIsDegraded(String name, Fault fault) throws Exception {
    assertThat(fault.probe(new Rule(LONG_MILLIS)).result)
        .matches(result -> result.verdict() == Verdict.DEGRADED)
        .matches(result -> result.detail().startsWith("saturated"));
  }

  static Stream<Arguments> degraded() {
    Fault pool =
        rule -> {
          try (HikariDataSource used = pool(FakeDatabase.fine())) {
            used.setMaximumPoolSize(1);
            try (var borrowed = used.getConnection()) {
              assertThat(borrowed).isNotNull();
              return rule.once(JdbcProbe.pool(d -> d), used);
            }
          }
        };
    Fault tooMany = rule -> rule.once(JdbcProbe.connecting(d -> d), state("53300").get());
    return Stream.of(
        Arguments.of("a pool that is used up", pool),
        Arguments.of("a database with too many connections", tooMany));
  }

  private static Seen refusedHttp(Rule rule) throws Exception {
    return rule.once(HttpProbe.get(u -> u), URI.create("http://127.0.0.1:" + unusedPort()));
  }

  private static Seen refusedTcp(Rule rule) throws Exception {
    InetSocketAddress nobody = new InetSocketAddress("127.0.0.1", unusedPort());
    return rule.once(TcpProbe.connect(a -> a), nobody);
  }

  private static Seen halfOpen(Rule rule) throws Exception {
    try (ScriptedServer server = new ScriptedServer(status(200));
        FaultProxy proxy = FaultProxy.to(server.port())) {
      proxy.halfOpen();
      return rule.once(HttpProbe.get(u -> u), URI.create("http://127.0.0.1:" + proxy.port()));
    }
  }

  private static Seen noName(Rule rule) throws Exception {
    return rule.once(HttpProbe.get(u -> u), URI.create("http://no-such-host.invalid:80/"));
  }

  private static Seen https(Rule rule, Script script) throws Exception {
    ServerSocket plain = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
    try (ScriptedServer server = new ScriptedServer(plain, "\u0003", script)) {
      return rule.once(HttpProbe.get(u -> u), URI.create("https://localhost:" + server.port()));
    }
  }

  private static Seen certificate(Rule rule, boolean trusted) throws Exception {
    try (ScriptedServer server = new ScriptedServer(tls.listen(), "\r\n\r\n", status(200))) {
      HttpProbe<URI> probe = HttpProbe.get(u -> u);
      return rule.once(
          trusted ? probe.tls(tls.context()) : probe,
          URI.create("https://localhost:" + server.port()));
    }
  }

  private static Seen jdbc(Rule rule, Supplier<DataSource> database) throws Exception {
    return rule.once(JdbcProbe.connecting(d -> d), database.get());
  }

  private static Supplier<DataSource> state(String sqlState) {
    return () -> FakeDatabase.throwing(new SQLException("as a test wants", sqlState));
  }

  private static Seen closedPool(Rule rule) throws Exception {
    HikariDataSource pool = pool(FakeDatabase.fine());
    pool.close();
    return rule.once(JdbcProbe.pool(d -> d), pool);
  }

  private static HikariDataSource pool(DataSource source) {
    HikariDataSource pool = new HikariDataSource();
    pool.setDataSource(source);
    pool.setMaximumPoolSize(1);
    return pool;
  }

  private static Seen endlessCheck(Rule rule) throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    return rule.once(
        Probe.blocking(
            t -> {
              never.await();
              return ProbeResult.healthy();
            }),
        "x");
  }

  private static ProbeResult fail() {
    throw new IllegalStateException("boom");
  }

  private static Arguments row(String name, Script script, Failure expected) {
    Fault fault =
        rule -> {
          try (ScriptedServer server = new ScriptedServer(script)) {
            return rule.once(HttpProbe.get(u -> u), server.uri());
          }
        };
    return Arguments.of(name, fault, expected);
  }

  private static Arguments redis(String name, String answer, Failure expected) {
    Fault fault =
        rule -> {
          ServerSocket socket = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
          try (ScriptedServer server = new ScriptedServer(socket, "health\r\n", answer(answer))) {
            InetSocketAddress address = new InetSocketAddress("127.0.0.1", server.port());
            return rule.once(RedisProbe.at(a -> a), address);
          }
        };
    return Arguments.of(name, fault, expected);
  }

  private static Arguments other(String name, Fault fault, Failure expected) {
    return Arguments.of(name, fault, expected);
  }

  private static <T> Seen once(Probe<T> probe, T target, long timeoutMillis) throws Exception {
    CompletableFuture<Seen> seen = new CompletableFuture<>();
    AtomicReference<HealthChecker<T>> self = new AtomicReference<>();
    HealthListener<Object> listener =
        new HealthListener<>() {
          @Override
          public void onProbe(Object probed, ProbeResult result, long nanos) {
            if (result.verdict() != Verdict.INCONCLUSIVE) {
              seen.complete(new Seen(result, nanos, self.get().stats().stalled().toNanos()));
            }
          }
        };
    try (HealthChecker<T> checker =
        HealthChecker.<T>builder()
            .probe(probe)
            .interval(ofMinutes(5))
            .timeout(ofMillis(timeoutMillis))
            .localHealth(0)
            .listener(listener)
            .build()) {
      self.set(checker);
      checker.targets(List.of(target));
      return seen.get(2, TimeUnit.MINUTES);
    }
  }

  private static Script thenClosed(String text) {
    return socket -> {
      answer(text).answer(socket);
      socket.close();
    };
  }

  private static Script thenReset(String text) {
    return socket -> {
      answer(text).answer(socket);
      socket.setSoLinger(true, 0);
      socket.close();
    };
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
