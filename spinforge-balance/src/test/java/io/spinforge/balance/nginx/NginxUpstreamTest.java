package io.spinforge.balance.nginx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.Member;
import io.spinforge.balance.Outcome;
import io.spinforge.balance.nginx.NginxUpstream.Keepalive;
import io.spinforge.balance.nginx.NginxUpstream.Method;
import io.spinforge.testkit.ManualTicker;
import io.spinforge.testkit.Seeds;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NginxUpstreamTest {
  private static final String GUIDE =
      """
      # the tuning guide's
      http {
        gzip_comp_level 6;
        upstream "backend" {
          least_conn;   # fewest connections
          server 10.0.0.1:3000 weight=3 max_fails=3 fail_timeout=30s;
          server app2.internal:3000 max_fails=3 fail_timeout=30s max_conns=100;
          server [::1]:3000 max_fails=3 fail_timeout=30 down;
          server 10.0.0.4 backup max_fails=3 fail_timeout=30000ms;
          keepalive 32;
          keepalive_requests 100;
          keepalive_timeout 60s;
          zone backends 64k;
        }
        server { location / { proxy_pass http://backend; } }
      }
      """;

  @Test
  void readsABlockInAConfiguration() {
    NginxUpstream upstream = NginxUpstream.parse(GUIDE);
    Duration half = Duration.ofSeconds(30);
    assertThat(upstream.name()).isEqualTo("backend");
    assertThat(upstream.method()).isEqualTo(Method.LEAST_CONN);
    assertThat(upstream.servers())
        .containsExactly(
            new NginxServer("10.0.0.1", 3000, 3, 3, half, 0, false, false),
            new NginxServer("app2.internal", 3000, 1, 3, half, 100, false, false),
            new NginxServer("[::1]", 3000, 1, 3, half, 0, false, true),
            new NginxServer("10.0.0.4", 80, 1, 3, half, 0, true, false));
    assertThat(upstream.keepalive())
        .isEqualTo(new Keepalive(32, 100, Duration.ofHours(1), Duration.ofMinutes(1)));
    assertThat(upstream.zone()).hasValue("backends");
    assertThat(upstream.servers().get(2).uri()).isEqualTo(URI.create("http://[::1]:3000"));
  }

  @Test
  void theBalancerDoesWhatTheBlockSays() {
    LoadBalancer<NginxServer> balancer = NginxUpstream.parse(GUIDE).balancer();
    List<Member<NginxServer>> held =
        IntStream.range(0, 8).mapToObj(i -> balancer.acquire()).toList();
    assertThat(held.stream().filter(member -> member.value().port() == 80)).isEmpty();
    assertThat(held.stream().filter(member -> member.value().down())).isEmpty();
    assertThat(held.stream().filter(member -> member.value().weight() == 3)).hasSize(6);
  }

  @Test
  void roundRobinIsNginxTurnByTurn() {
    LoadBalancer<NginxServer> balancer =
        NginxUpstream.parse("upstream u { server a weight=5; server b; server c; }").balancer();
    StringBuilder turns = new StringBuilder();
    for (int i = 0; i < 7; i++) {
      turns.append(balancer.pick().value().host());
    }
    assertThat(turns).hasToString("aabacaa");
  }

  @Test
  void maxFailsAndFailTimeoutLeaveAServerOut() {
    ManualTicker ticker = new ManualTicker();
    NginxUpstream upstream =
        NginxUpstream.parse(
            "upstream u { server a max_fails=2 fail_timeout=1m;"
                + " server b max_fails=2 fail_timeout=60; }");
    LoadBalancer<NginxServer> balancer = upstream.builder().ticker(ticker).build();
    balancer.update(upstream.servers());
    for (int i = 0; i < 8; i++) {
      Member<NginxServer> member = balancer.acquire();
      boolean a = member.value().host().equals("a");
      member.end(member.begin(), a ? Outcome.FAILURE : Outcome.SUCCESS);
    }
    assertThat(balancer.stats().ejected()).isEqualTo(1);
    ticker.advance(Duration.ofSeconds(61));
    assertThat(IntStream.range(0, 9).mapToObj(i -> balancer.acquire().value().host()))
        .contains("a");
  }

  @ParameterizedTest
  @CsvSource({
    "'', ROUND_ROBIN, ",
    "least_conn, LEAST_CONN, ",
    "random, RANDOM, ",
    "random two, RANDOM_TWO, ",
    "random two least_conn, RANDOM_TWO, ",
    "ip_hash, HASH, $remote_addr",
    "hash $request_uri, HASH, $request_uri",
    "hash ${uri}x consistent, HASH_CONSISTENT, ${uri}x",
    "'hash \"a b\"', HASH, a b"
  })
  void methodsArePolicies(String directive, Method method, String key) {
    String line = directive.isEmpty() ? "" : directive + ";";
    NginxUpstream upstream = NginxUpstream.parse("upstream u {" + line + " server a; server b; }");
    assertThat(upstream.method()).isEqualTo(method);
    assertThat(upstream.hashKey().orElse(null)).isEqualTo(key);
    LoadBalancer<NginxServer> balancer = upstream.balancer();
    boolean keyed = key != null;
    assertThat(keyed ? balancer.pick(42) : balancer.pick()).isNotNull();
  }

  @Test
  void eachServerHasItsOwnMaxFailsAndFailTimeout() {
    ManualTicker ticker = new ManualTicker();
    NginxUpstream upstream =
        NginxUpstream.parse(
            "upstream u { server a max_fails=1 fail_timeout=5s; server b max_fails=0;"
                + " server c max_fails=2 fail_timeout=1m; }");
    LoadBalancer<NginxServer> balancer = upstream.builder().ticker(ticker).build();
    balancer.update(upstream.servers());
    for (int i = 0; i < 30; i++) {
      Member<NginxServer> member = balancer.acquire();
      member.end(member.begin(), Outcome.FAILURE);
    }
    assertThat(hosts(balancer)).containsOnly("b");
    ticker.advance(Duration.ofSeconds(6));
    assertThat(hosts(balancer)).contains("a", "b").doesNotContain("c");
    ticker.advance(Duration.ofSeconds(61));
    assertThat(hosts(balancer)).contains("c");
  }

  @Test
  void backupsGetRequestsOnlyWhileNobodyElseIsLeft() {
    ManualTicker ticker = new ManualTicker();
    NginxUpstream upstream =
        NginxUpstream.parse("upstream u { server a; server b; server c backup; }");
    LoadBalancer<NginxServer> balancer = upstream.builder().ticker(ticker).build();
    balancer.update(upstream.servers());
    fail(balancer, "a");
    assertThat(hosts(balancer)).containsOnly("b");
    fail(balancer, "b");
    assertThat(hosts(balancer)).containsOnly("c");
    ticker.advance(Duration.ofSeconds(11));
    Member<NginxServer> trial = balancer.acquire();
    assertThat(trial.value().host()).isIn("a", "b");
    trial.end(trial.begin(), Outcome.SUCCESS);
    assertThat(hosts(balancer)).contains(trial.value().host()).doesNotContain("c");
  }

  private static void fail(LoadBalancer<NginxServer> balancer, String host) {
    Member<NginxServer> member = balancer.acquire();
    while (!member.value().host().equals(host)) {
      member.end(member.begin(), Outcome.SUCCESS);
      member = balancer.acquire();
    }
    member.end(member.begin(), Outcome.FAILURE);
  }

  /** Whom the next requests go to, which nobody answers. */
  private static List<String> hosts(LoadBalancer<NginxServer> balancer) {
    return IntStream.range(0, 9).mapToObj(i -> balancer.acquire().value().host()).toList();
  }

  @Test
  void maxFailsZeroLeavesNobodyOut() {
    LoadBalancer<NginxServer> balancer =
        NginxUpstream.parse("upstream u { server a max_fails=0; server b max_fails=0; }")
            .balancer();
    for (int i = 0; i < 50; i++) {
      Member<NginxServer> member = balancer.acquire();
      member.end(member.begin(), Outcome.FAILURE);
    }
    assertThat(balancer.stats().ejections()).isZero();
  }

  @Test
  void allUpstreamsOfAConfigurationInTheirOrder() {
    String text = "upstream a { server x; } stream { upstream b { server y; } }";
    assertThat(NginxUpstream.parseAll(text))
        .extracting(NginxUpstream::name)
        .containsExactly("a", "b");
    assertThatThrownBy(() -> NginxUpstream.parse(text))
        .hasMessage("upstreams: [a, b] (expected: one)");
    assertThat(NginxUpstream.parseAll("")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sticky cookie; | line 2: sticky: unknown in an upstream (expected: server, zone,"
            + " least_conn, random, ip_hash, hash, keepalive, keepalive_requests,"
            + " keepalive_time, keepalive_timeout)",
        "server a slow_start=30s; | line 2: server parameter slow_start=30s (expected: weight=,"
            + " max_fails=, fail_timeout=, max_conns=, backup, down)",
        "server a weight=0; | line 2: weight: 0 (expected: 1 to 65536)",
        "server a weight=-1; | line 2: weight: -1 (expected: 1 to 65536)",
        "server a weight=99999999999; | line 2: weight: 99999999999 (expected: 1 to 65536)",
        "server a:0; | line 2: port: 0 (expected: 1 to 65535)",
        "server a:x; | line 2: port: x (expected: 1 to 65535)",
        "server unix:/run/a; | line 2: server unix:/run/a (expected: host, host:port or"
            + " [IPv6]:port)",
        "server; | line 2: server (expected: an address after it)",
        "server a fail_timeout=1x; | line 2: fail_timeout: 1x (expected: a time such as 30s, 1m,"
            + " 500ms or 1h30m, above 0, at most a year)",
        "server a fail_timeout=0; | line 2: fail_timeout: 0 (expected: a time such as 30s, 1m,"
            + " 500ms or 1h30m, above 0, at most a year)",
        "least_conn; least_conn; server a; | line 2: least_conn (expected: once)",
        "least_conn; ip_hash; server a; | line 2: ip_hash (expected: one method, there is"
            + " least_conn before it)",
        "ip_hash; server a; server b backup; | line 1: upstream u: backup (expected: no backup"
            + " with ip_hash)",
        "server a backup; | line 1: upstream u (expected: a server that is no backup)",
        "random three; server a; | line 2: random three (expected: random, random two or random"
            + " two least_conn)",
        "hash a b; server a; | line 2: hash … b (expected: hash key or hash key consistent)",
        "least_conn x; | line 2: least_conn x (expected: 0 arguments)",
        "server a | line 2: } (expected: ; after [server, a])",
        "server a; { | line 2: { (expected: a directive before it)",
        "\"server | line 2: \" (expected: another \" before the end)",
        "server a { x; } | line 2: server (expected: no block within an upstream)"
      })
  void mistakesAreNamedWithTheirLine(String body, String message) {
    assertThatThrownBy(() -> NginxUpstream.parse("upstream u {\n" + body + "}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void braceMistakesAreNamedWithTheirLine() {
    assertThatThrownBy(() -> NginxUpstream.parse("\n}"))
        .hasMessage("line 2: } (expected: a { before it)");
    assertThatThrownBy(() -> NginxUpstream.parse("\nupstream u {\nserver a;"))
        .hasMessage("line 2: { (expected: a } before the end)");
    assertThatThrownBy(() -> NginxUpstream.parse("a {".repeat(100_000)))
        .hasMessage("line 1: { (expected: at most 50 blocks within each other)");
    assertThatThrownBy(() -> NginxUpstream.parse("upstream { server a; }"))
        .hasMessage("line 1: upstream (expected: upstream name { … })");
  }

  @ParameterizedTest
  @CsvSource({
    "30, PT30S",
    "30s, PT30S",
    "1m, PT1M",
    "500ms, PT0.5S",
    "1h30m, PT1H30M",
    "1d, PT24H"
  })
  void timesHaveUnits(String text, Duration time) {
    assertThat(
            NginxUpstream.parse("upstream u { server a fail_timeout=" + text + "; }")
                .servers()
                .get(0)
                .failTimeout())
        .isEqualTo(time);
  }

  /** Pieces that mean something, so that what is drawn from them gets far. */
  private static final String[] PIECES = {
    "upstream",
    "u",
    "{",
    "}",
    ";",
    "server",
    "a",
    "10.0.0.1:80",
    "[::1]",
    "weight=",
    "weight=2",
    "max_fails=1",
    "fail_timeout=10s",
    "fail_timeout=1y2M",
    "backup",
    "down",
    "max_conns=9",
    "least_conn",
    "random",
    "two",
    "ip_hash",
    "hash",
    "$x",
    "${x}",
    "consistent",
    "keepalive",
    "32",
    "keepalive_time",
    "1h",
    "zone",
    "z",
    "64k",
    "#",
    "\n",
    " ",
    "\"",
    "'",
    "\\",
    "=",
    "ß",
    "\0",
    "999999999999999999999",
    "unix:",
    ":",
    "[",
    "]",
    "http",
    "-1"
  };

  @Test
  void nothingButAnUpstreamOrAClearExceptionComesOfAnything() {
    Seeds.run(
        5_000,
        (seed, random) -> {
          String text = random.nextBoolean() ? drawn(random) : mutated(random);
          try {
            NginxUpstream.parseAll(text).forEach(NginxUpstream::balancer);
          } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).as(text).startsWith("line ").contains("(expected: ");
          }
        });
  }

  private static String drawn(SplittableRandom random) {
    StringBuilder text = new StringBuilder(random.nextBoolean() ? "upstream u {" : "");
    int pieces = random.nextInt(30);
    for (int i = 0; i < pieces; i++) {
      text.append(PIECES[random.nextInt(PIECES.length)]).append(random.nextInt(3) == 0 ? "" : " ");
    }
    return text.append(random.nextBoolean() ? "; server a; }" : "").toString();
  }

  private static String mutated(SplittableRandom random) {
    StringBuilder text = new StringBuilder(GUIDE);
    int changes = 1 + random.nextInt(5);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(3)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
        default -> text.setCharAt(at, (char) random.nextInt(200));
      }
    }
    return text.toString();
  }
}
