package io.spinforge.health;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.Probe;
import io.spinforge.health.probe.ProbeResult;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the host's own probes may do: asynchronous and blocking code that misbehaves. */
class CustomProbesTest {
  @Test
  void probesThatThrowReturnNullHangOrAnswerLateAreFailures() throws Exception {
    Queue<CompletableFuture<ProbeResult>> hanging = new ConcurrentLinkedQueue<>();
    Probe<String> odd =
        Probe.async(
            (target, timeout) ->
                switch (target) {
                  case "throws" -> throw new IllegalStateException("boom");
                  case "null" -> null;
                  case "null result" -> CompletableFuture.completedFuture(null);
                  case "fails" -> CompletableFuture.failedFuture(new IOException("broken"));
                  default -> hang(hanging);
                });
    try (HealthChecker<String> checker = builder(odd).build()) {
      checker.targets(List.of("throws", "null", "null result", "fails", "hangs"));
      checker.ready().get(30, TimeUnit.SECONDS);
      assertThat(last(checker, "throws").detail()).isEqualTo("IllegalStateException: boom");
      assertThat(last(checker, "null").detail()).isEqualTo("the probe returned null");
      assertThat(last(checker, "null result").detail()).isEqualTo("the probe's result was null");
      assertThat(last(checker, "fails").detail()).isEqualTo("IOException: broken");
      assertThat(last(checker, "hangs").failure()).isEqualTo(Failure.TIMEOUT);
      assertThat(checker.view().unhealthy()).hasSize(5);
      assertThat(hanging.peek()).isCancelled();
    }
  }

  @Test
  void aProbeThatCompletesTwiceHasItsFirstResult() throws Exception {
    class Twice extends CompletableFuture<ProbeResult> {
      @Override
      public CompletableFuture<ProbeResult> whenComplete(
          BiConsumer<? super ProbeResult, ? super Throwable> action) {
        action.accept(ProbeResult.healthy(), null);
        action.accept(null, new IOException("and yet broken"));
        return this;
      }
    }
    Probe<String> twice = Probe.async((target, timeout) -> new Twice());
    try (HealthChecker<String> checker = builder(twice).build()) {
      checker.targets(List.of("a"));
      checker.ready().get(30, TimeUnit.SECONDS);
      checker.reportFailure("a", new IOException("seen elsewhere"));
      await().until(() -> checker.stats().passed() >= 2); // so the first's second answer was heard
      assertThat(checker.stats().failed()).isZero();
      assertThat(checker.stats().probes()).isEqualTo(checker.stats().passed());
      assertThat(checker.view().healthy()).containsExactly("a");
    }
  }

  @Test
  void stuckBlockingChecksAreCountedAndSayNothingOfOthers() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    Probe<Integer> blocking =
        Probe.blocking(
            target -> {
              CheckerThreads.hang(release);
              return ProbeResult.healthy();
            });
    List<Integer> targets = IntStream.range(0, 12).boxed().toList();
    try (HealthChecker<Integer> checker =
        HealthChecker.<Integer>builder()
            .probe(blocking)
            .interval(ofHours(1)) // one round
            .fastInterval(ofHours(1))
            .timeout(ofSeconds(2))
            .localHealth(0)
            .name("stuck")
            .build()) {
      checker.targets(targets);
      await()
          .atMost(ofMinutes(1))
          .until(() -> checker.stats().failed() + checker.stats().inconclusive() == 12);
      // Four found no thread. Eight have timed out, but for those that the checker says it was
      // itself too late to tell of.
      int late = (int) checker.stats().inconclusive() - 4;
      assertThat(late).isBetween(0, checker.stats().stalls() == 0 ? 0 : 8);
      assertThat(checker.stats().stuckWorkers()).isEqualTo(8);
      await().until(() -> checker.view().unhealthy().size() == 8 - late);
      assertThat(checker.view().unknown()).hasSize(4 + late);
      assertThat(CheckerThreads.of("stuck-blocking")).hasSize(8);
      release.countDown();
      await().until(() -> checker.stats().stuckWorkers() == 0);
    } finally {
      release.countDown();
    }
  }

  @Test
  void blockingChecksRunOnTheHostsExecutorWhereOneIsGiven() throws Exception {
    Queue<String> ranOn = new ConcurrentLinkedQueue<>();
    Probe<String> given =
        Probe.blocking(
            target -> {
              ranOn.add(Thread.currentThread().getName());
              if (target.equals("bad")) {
                throw new IOException("broken");
              }
              return ProbeResult.healthy();
            },
            task -> new Thread(task, "host").start());
    try (HealthChecker<String> checker = builder(given).build()) {
      checker.targets(List.of("good", "bad"));
      checker.ready().get(30, TimeUnit.SECONDS);
      assertThat(ranOn).containsOnly("host");
      assertThat(checker.view().healthy()).containsExactly("good");
      assertThat(last(checker, "bad").detail()).isEqualTo("IOException: broken");
    }
    Probe<String> rejected =
        Probe.blocking(
            target -> ProbeResult.healthy(),
            task -> {
              throw new RejectedExecutionException("full");
            });
    try (HealthChecker<String> checker = builder(rejected).build()) {
      checker.targets(List.of("a"));
      await().until(() -> checker.stats().inconclusive() >= 1);
      assertThat(checker.view().unknown()).containsExactly("a");
    }
  }

  private static <T> HealthCheckerBuilder<T> builder(Probe<T> probe) {
    return HealthChecker.<T>builder()
        .probe(probe)
        .interval(ofMinutes(5))
        .fastInterval(ofMillis(1))
        .localHealth(0)
        .fall(1);
  }

  private static ProbeResult last(HealthChecker<String> checker, String target) {
    return checker.healthOf(target).orElseThrow().last();
  }

  /** Returns a stage of its own for each probe: a starved checker asks twice. */
  private static CompletableFuture<ProbeResult> hang(Queue<CompletableFuture<ProbeResult>> all) {
    CompletableFuture<ProbeResult> never = new CompletableFuture<>();
    all.add(never);
    return never;
  }
}
