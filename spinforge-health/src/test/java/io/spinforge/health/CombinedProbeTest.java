package io.spinforge.health;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.spinforge.health.probe.CombinedProbe;
import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.HttpProbe;
import io.spinforge.health.probe.Probe;
import io.spinforge.health.probe.ProbeResult;
import io.spinforge.health.probe.Verdict;
import io.spinforge.testkit.Seeds;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CombinedProbeTest {
  private static final Probe<String> PASSES = sure(ProbeResult.healthy());
  private static final Probe<String> TIRED = sure(ProbeResult.degraded("tired"));
  private static final Probe<String> FAILS = sure(ProbeResult.failed(Failure.STATUS, "status 500"));
  private static final Probe<String> REFUSED = sure(ProbeResult.failed(Failure.REFUSED, "refused"));
  private static final Probe<String> UNCLEAR = sure(ProbeResult.inconclusive("busy"));
  private static final Probe<String> SILENT =
      Probe.async((target, timeout) -> new CompletableFuture<>());

  @Test
  void theWholeIsDecidedAsSoonAsNoPartCanChangeItAndThenAsThePlainCountSays() {
    Seeds.run(
        5_000,
        (seed, random) -> {
          int size = random.nextInt(1, 5);
          int needed = random.nextInt(1, size + 1);
          CombinedProbe<String> probe =
              new CombinedProbe<>(needed, Collections.nCopies(size, PASSES));
          List<ProbeResult> all = new ArrayList<>();
          for (int i = 0; i < size; i++) {
            all.add(of(Verdict.values()[random.nextInt(5)]));
          }
          List<ProbeResult> known = new ArrayList<>(Collections.nCopies(size, null));
          List<Integer> order = new ArrayList<>();
          for (int i = 0; i < size; i++) {
            order.add(random.nextInt(order.size() + 1), i);
          }
          for (int next : order) {
            known.set(next, all.get(next));
            ProbeResult decided = probe.decide(known);
            Set<Boolean> possible = new HashSet<>();
            futures(known, 0, needed, possible);
            if (decided != null && decided.verdict() != Verdict.INCONCLUSIVE) {
              boolean fit = decided.failure() == null;
              assertThat(possible).containsExactly(fit);
            }
            if (!known.contains(null)) {
              assertThat(decided.verdict()).isEqualTo(plainly(all, needed));
            }
          }
        });
  }

  /** Collects whether the whole is fit, for all that the open parts may still say. */
  private static void futures(
      List<ProbeResult> known, int from, int needed, Set<Boolean> possible) {
    int open = known.indexOf(null);
    if (open < 0) {
      Verdict verdict = plainly(known, needed);
      if (verdict != Verdict.INCONCLUSIVE) {
        possible.add(verdict == Verdict.HEALTHY || verdict == Verdict.DEGRADED);
      }
      return;
    }
    for (Verdict verdict : Verdict.values()) {
      known.set(open, of(verdict));
      futures(known, open + 1, needed, possible);
      known.set(open, null);
    }
  }

  private static Verdict plainly(List<ProbeResult> results, int needed) {
    Map<Verdict, Integer> n = new EnumMap<>(Verdict.class);
    results.forEach(result -> n.merge(result.verdict(), 1, Integer::sum));
    int healthy = n.getOrDefault(Verdict.HEALTHY, 0);
    int passed = healthy + n.getOrDefault(Verdict.DEGRADED, 0);
    int now = n.getOrDefault(Verdict.FAILED_NOW, 0);
    int failed = now + n.getOrDefault(Verdict.FAILED, 0);
    int allowed = results.size() - needed;
    if (passed >= needed) {
      return healthy >= needed ? Verdict.HEALTHY : Verdict.DEGRADED;
    }
    if (failed > allowed) {
      return now > allowed ? Verdict.FAILED_NOW : Verdict.FAILED;
    }
    return Verdict.INCONCLUSIVE;
  }

  @Test
  void allOfAnyOfAndQuorumAskAllTheirPartsAtOnce() throws Exception {
    assertThat(once(Probe.allOf(PASSES, PASSES))).isEqualTo(ProbeResult.healthy());
    assertThat(once(Probe.allOf(PASSES, TIRED)).verdict()).isEqualTo(Verdict.DEGRADED);
    assertThat(once(Probe.allOf(PASSES, FAILS)))
        .isEqualTo(ProbeResult.failed(Failure.STATUS, "probe 2 of 2: status 500"));
    assertThat(once(Probe.allOf(SILENT, REFUSED)).verdict()).isEqualTo(Verdict.FAILED_NOW);
    assertThat(once(Probe.anyOf(SILENT, PASSES))).isEqualTo(ProbeResult.healthy());
    assertThat(once(Probe.anyOf(REFUSED, FAILS)).verdict()).isEqualTo(Verdict.FAILED);
    assertThat(once(Probe.anyOf(REFUSED, TIRED)).verdict()).isEqualTo(Verdict.DEGRADED);
    assertThat(once(Probe.quorum(2, PASSES, SILENT, PASSES))).isEqualTo(ProbeResult.healthy());
    assertThat(once(Probe.quorum(2, FAILS, SILENT, FAILS)).detail())
        .isEqualTo("probe 1 of 3: status 500");
    assertThat(once(Probe.anyOf(Probe.allOf(FAILS, PASSES), PASSES)))
        .isEqualTo(ProbeResult.healthy());
    assertThat(once(Probe.allOf(PASSES, SILENT)).failure()).isEqualTo(Failure.TIMEOUT);
  }

  @Test
  void partsThatSayNothingLeaveTheWholeInconclusive() {
    try (HealthChecker<String> checker = checker(Probe.allOf(PASSES, UNCLEAR))) {
      checker.targets(List.of("a"));
      await().until(() -> checker.stats().inconclusive() > 0);
      assertThat(checker.view().unknown()).containsExactly("a");
    }
  }

  @Test
  void aPartsConnectionIsKeptAndItsEndIsConfirmed() throws Exception {
    ScriptedServer server = new ScriptedServer(ScriptedServer.OK);
    Probe<URI> both = Probe.allOf(HttpProbe.get(uri -> uri), Probe.blocking(u -> healthy()));
    try (HealthChecker<URI> checker = checker(both)) {
      checker.targets(List.of(server.uri()));
      checker.ready().get(30, TimeUnit.SECONDS);
      await()
          .until(
              () -> {
                checker.reportFailure(server.uri(), new IOException("again"));
                return server.requests.get() > 5;
              });
      assertThat(server.accepted.get()).isEqualTo(1);
      server.close();
      await().until(() -> checker.view().unhealthy().size() == 1);
      assertThat(checker.stats().failed()).isPositive();
    } finally {
      server.close();
    }
  }

  @Test
  void numbersThatCannotBeReachedAreRefused() {
    assertThatThrownBy(() -> Probe.quorum(3, PASSES, FAILS))
        .hasMessage("needed: 3 (expected: 1 to 2)");
    assertThatThrownBy(() -> Probe.quorum(0, PASSES)).hasMessage("needed: 0 (expected: 1 to 1)");
    assertThatThrownBy(() -> Probe.<String>allOf())
        .hasMessage("probes: none (expected: at least one)");
  }

  private static ProbeResult healthy() {
    return ProbeResult.healthy();
  }

  private static ProbeResult of(Verdict verdict) {
    return switch (verdict) {
      case HEALTHY -> ProbeResult.healthy();
      case DEGRADED -> ProbeResult.degraded("x");
      case FAILED -> ProbeResult.failed("x");
      case FAILED_NOW -> ProbeResult.failedNow("x");
      case INCONCLUSIVE -> ProbeResult.inconclusive("x");
    };
  }

  private static Probe<String> sure(ProbeResult result) {
    return Probe.async((target, timeout) -> CompletableFuture.completedFuture(result));
  }

  private static ProbeResult once(Probe<String> probe) throws Exception {
    try (HealthChecker<String> checker = checker(probe)) {
      checker.targets(List.of("a"));
      checker.ready().get(30, TimeUnit.SECONDS);
      return checker.healthOf("a").orElseThrow().last();
    }
  }

  private static <T> HealthChecker<T> checker(Probe<T> probe) {
    return HealthChecker.<T>builder()
        .probe(probe)
        .interval(ofMinutes(5))
        .timeout(ofMillis(500))
        .fastInterval(ofMillis(1))
        .build();
  }
}
