package io.spinforge.health;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.Probe;
import io.spinforge.health.probe.ProbeResult;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who is told of what, and how often. */
class ListenersTest {
  private final Set<Integer> down = ConcurrentHashMap.newKeySet();
  private final Probe<Integer> probe =
      Probe.async(
          (t, limit) ->
              CompletableFuture.completedFuture(
                  down.contains(t)
                      ? ProbeResult.failed(Failure.REFUSED, "down")
                      : ProbeResult.healthy()));

  @Test
  void tenThousandFlipsAreAtMostTwentyCallsAndTheFirstComesEarly() {
    Queue<Integer> sizes = new ConcurrentLinkedQueue<>();
    try (HealthChecker<Integer> checker = checker(2_000)) {
      List<Integer> targets = IntStream.range(0, 20_000).boxed().toList();
      checker.targets(targets);
      await().atMost(ofMinutes(1)).until(() -> checker.view().healthy().size() == 20_000);
      AtomicInteger told = new AtomicInteger();
      checker.onChange(list -> told.set(list.size()));
      await().until(() -> told.get() == 20_000);
      checker.onChange(list -> sizes.add(list.size()));
      await().until(() -> !sizes.isEmpty());
      sizes.clear();
      down.addAll(targets.subList(0, 10_000));
      targets.subList(0, 10_000).forEach(t -> checker.reportFailure(t, new IOException("cut")));
      await().atMost(ofMinutes(1)).until(() -> sizes.contains(10_000));
      assertThat(checker.stats().transitions()).isEqualTo(30_000);
      assertThat(sizes).hasSizeLessThanOrEqualTo(20);
      assertThat(sizes.peek()).as("does not wait for the last").isGreaterThan(10_000);
    }
  }

  @Test
  void aListenerThatWasAddedHearsProbesAndTransitionsUntilItIsRemoved() {
    Queue<String> heard = new ConcurrentLinkedQueue<>();
    HealthListener<Object> listener =
        new HealthListener<>() {
          @Override
          public void onProbe(Object target, ProbeResult result, long nanos) {
            assertThat(nanos).isNotNegative();
            heard.add("probe");
          }

          @Override
          public void onTransition(Transition<?> transition) {
            heard.add("transition " + transition.to());
          }
        };
    try (HealthChecker<Integer> checker = checker(0)) {
      checker.addListener(listener);
      checker.targets(List.of(1));
      await().until(() -> heard.contains("probe") && heard.contains("transition HEALTHY"));
      checker.removeListener(listener);
      checker.removeListener(new HealthListener<Integer>() {});
      // A call that had begun ends before the next one of this listener could.
      AtomicInteger others = new AtomicInteger();
      checker.onTransition(t -> others.incrementAndGet());
      down.add(1);
      checker.reportFailure(1, new IOException("cut"));
      await().until(() -> others.get() == 1);
      assertThat(heard).doesNotContain("transition UNHEALTHY");
      assertThatThrownBy(() -> checker.addListener(null)).hasMessage("listener");
      assertThatThrownBy(() -> checker.removeListener(null)).hasMessage("listener");
    }
  }

  @Test
  void aSuspendedTargetKeepsItsStatusAndIsNotProbedUntilItIsResumed() throws Exception {
    AtomicInteger probes = new AtomicInteger();
    try (HealthChecker<Integer> checker = checker(1)) {
      checker.targets(List.of(1, 2));
      checker.ready().get(30, TimeUnit.SECONDS);
      assertThat(checker.suspend(1)).isTrue();
      assertThat(checker.suspend(3)).isFalse();
      assertThat(checker.view().suspended()).containsExactly(1);
      assertThat(checker.view().healthy()).containsExactly(1, 2);
      assertThat(checker.stats().suspended()).isEqualTo(1);
      assertThat(checker.healthOf(1).orElseThrow().suspended()).isTrue();
      down.add(1);
      checker.addListener(
          new HealthListener<Integer>() {
            @Override
            public void onProbe(Integer target, ProbeResult result, long nanos) {
              probes.addAndGet(target == 1 ? 1_000_000 : 1);
            }
          });
      checker.reportFailure(1, new IOException("ignored"));
      checker.targets(List.of(1, 2));
      int before = probes.get() % 1_000_000;
      await().until(() -> probes.get() % 1_000_000 > before + 20);
      assertThat(probes.get()).isLessThan(1_000_000);
      assertThat(checker.view().healthy()).containsExactly(1, 2);
      assertThat(checker.resume(1)).isTrue();
      assertThat(checker.resume(1)).isTrue();
      assertThat(checker.resume(3)).isFalse();
      await().until(() -> checker.view().unhealthy().equals(List.of(1)));
      assertThat(checker.view().suspended()).isEmpty();
      checker.suspend(1);
      checker.targets(List.of(2));
      checker.targets(List.of(1, 2));
      assertThat(checker.view().suspended()).as("forgotten with the target").isEmpty();
    }
  }

  @Test
  void aSuspendedTargetWithoutAResultDoesNotHoldUpReady() throws Exception {
    CompletableFuture<ProbeResult> never = new CompletableFuture<>();
    Probe<Integer> half =
        Probe.async(
            (t, limit) ->
                t == 1 ? never : CompletableFuture.completedFuture(ProbeResult.healthy()));
    try (HealthChecker<Integer> checker =
        HealthChecker.<Integer>builder().probe(half).interval(ofMinutes(5)).build()) {
      checker.targets(List.of(1, 2));
      checker.suspend(1);
      HealthView<Integer> view = checker.ready().get(30, TimeUnit.SECONDS);
      assertThat(view.unknown()).containsExactly(1);
      assertThat(view.healthy()).containsExactly(2);
    }
  }

  @Test
  void explainSaysWhyTheListIsWhatItIs() {
    down.addAll(List.of(1, 2));
    try (HealthChecker<Integer> checker = checker(0)) {
      checker.targets(List.of(1, 2, 3));
      await().until(() -> checker.view().panic());
      checker.drain(2);
      assertThat(checker.explain())
          .contains("checker: 1 of 3 targets are offered")
          .contains("fit: 1 of 2 not drained, enough from 1.0 (panicBelow 0.5): no panic")
          .contains("local health: ")
          .contains("1 is UNHEALTHY: FAILED_NOW down")
          .contains("2 is UNHEALTHY, drained: FAILED_NOW down")
          .doesNotContain("3 is");
      checker.targets(IntStream.range(0, 50).boxed().toList());
      assertThat(checker.explain()).contains("... and ");
    }
  }

  private HealthChecker<Integer> checker(int intervalMillis) {
    return HealthChecker.<Integer>builder()
        .probe(probe)
        .interval(intervalMillis == 0 ? ofMinutes(1) : ofMillis(intervalMillis))
        .fastInterval(ofMillis(1))
        .localHealth(0)
        .build();
  }
}
