package io.spinforge.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.testkit.ManualTicker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Hedges of stages, in virtual time. */
class HedgeTest {
  private static final Duration LATE = Duration.ofMillis(50);

  private final ManualTicker ticker = new ManualTicker();
  private final ManualScheduler scheduler = new ManualScheduler(ticker);
  private final List<String> tried = new ArrayList<>();
  private final List<CompletableFuture<String>> stages = new ArrayList<>();
  private final List<String> heard = new ArrayList<>();
  private LoadBalancer<String> balancer = balancer(Hedge.after(LATE), null);

  private LoadBalancer<String> balancer(Hedge hedge, Retry retry) {
    LoadBalancerBuilder<String> builder =
        LoadBalancer.<String>builder()
            .policy(Policy.random())
            .hedge(hedge)
            .ticker(ticker)
            .scheduler(scheduler);
    LoadBalancer<String> built = (retry == null ? builder : builder.retry(retry)).build();
    built.update(List.of("a", "b", "c"));
    built.addListener(
        new BalancerListener<>() {
          @Override
          public void onHedge(Member<String> slow) {
            heard.add("hedge");
          }

          @Override
          public void onHedgeSuppressed(Member<String> slow) {
            heard.add("suppressed");
          }

          @Override
          public void onEnd(Member<String> member, Outcome outcome, long nanos) {
            heard.add(member + " " + outcome);
          }
        });
    return built;
  }

  private CompletableFuture<String> start() {
    return balancer.callAsync(
        value -> {
          tried.add(value);
          stages.add(new CompletableFuture<>());
          return stages.get(stages.size() - 1);
        });
  }

  @Test
  void anAnswerInTimeNeedsNoHedge() {
    CompletableFuture<String> result = start();
    scheduler.advance(LATE.minusNanos(1));
    stages.get(0).complete("first");
    scheduler.advance(LATE);
    assertThat(result).isCompletedWithValue("first");
    assertThat(tried).hasSize(1);
    assertThat(scheduler.waiting()).isZero();
    assertThat(balancer.stats().hedges()).isZero();
  }

  @Test
  void aLateAttemptIsJoinedByAnotherMemberAndTheFirstAnswerWins() {
    CompletableFuture<String> result = start();
    scheduler.advance(LATE);
    assertThat(tried).hasSize(2).doesNotHaveDuplicates();
    assertThat(balancer.stats().inFlight()).isEqualTo(2);
    stages.get(1).complete("hedge");
    assertThat(result).isCompletedWithValue("hedge");
    assertThat(stages.get(0)).isCancelled();
    assertThat(heard)
        .containsExactly("hedge", tried.get(1) + " SUCCESS", tried.get(0) + " CANCELLED");
    assertThat(balancer.stats().failures()).isZero();
    assertThat(balancer.stats().inFlight()).isZero();
    assertThat(balancer.stats().surplusEnds()).isZero();
  }

  @Test
  void theFirstAttemptMayStillWinAndCancelsTheHedge() {
    CompletableFuture<String> result = start();
    scheduler.advance(LATE);
    stages.get(0).complete("first");
    assertThat(result).isCompletedWithValue("first");
    assertThat(stages.get(1)).isCancelled();
    assertThat(balancer.stats().cancelled()).isEqualTo(1);
    assertThat(balancer.stats().successes()).isEqualTo(1);
  }

  @Test
  void aFailureWaitsForTheOtherAttempt() {
    CompletableFuture<String> result = start();
    scheduler.advance(LATE);
    stages.get(0).completeExceptionally(new IOException("first"));
    assertThat(result).isNotDone();
    stages.get(1).complete("hedge");
    assertThat(result).isCompletedWithValue("hedge");
  }

  @Test
  void whenBothFailTheLastFailureCarriesTheOther() {
    CompletableFuture<String> result = start();
    scheduler.advance(LATE);
    stages.get(1).completeExceptionally(new IOException("hedge"));
    assertThat(result).isNotDone();
    stages.get(0).completeExceptionally(new IOException("first"));
    assertThat(result)
        .failsWithin(Duration.ZERO)
        .withThrowableOfType(java.util.concurrent.ExecutionException.class)
        .havingCause()
        .withMessage("first")
        .satisfies(last -> assertThat(last.getSuppressed()).hasSize(1));
    assertThat(tried).hasSize(2);
  }

  @Test
  void aHedgeCountsAsAnAttemptAndARetryTakesAThirdMember() {
    balancer = balancer(Hedge.after(LATE), Retry.budget(1, 10).maxAttempts(3));
    CompletableFuture<String> result = start();
    scheduler.advance(LATE);
    stages.get(0).completeExceptionally(new IOException("first"));
    stages.get(1).completeExceptionally(new IOException("hedge"));
    assertThat(tried).hasSize(3).doesNotHaveDuplicates();
    scheduler.advance(LATE);
    assertThat(tried).as("a retry is not hedged").hasSize(3);
    stages.get(2).complete("third");
    assertThat(result).isCompletedWithValue("third");
    assertThat(balancer.stats().hedges()).isEqualTo(1);
    assertThat(balancer.stats().retries()).isEqualTo(1);
  }

  @Test
  void aRequestThatIsBeingRetriedIsNotHedged() {
    balancer = balancer(Hedge.after(LATE), Retry.budget(1, 10).maxAttempts(3));
    start();
    stages.get(0).completeExceptionally(new IOException("first"));
    scheduler.advance(LATE);
    assertThat(stages).hasSize(2);
    assertThat(balancer.stats().hedges()).isZero();
  }

  @Test
  void cancellingTheResultCancelsBoth() {
    CompletableFuture<String> result = start();
    scheduler.advance(LATE);
    result.cancel(true);
    assertThat(stages).allMatch(CompletableFuture::isCancelled);
    assertThat(balancer.stats().cancelled()).isEqualTo(2);
    assertThat(balancer.stats().inFlight()).isZero();
  }

  @Test
  void cancellingBeforeItIsLateCancelsTheHedge() {
    start().cancel(true);
    assertThat(scheduler.waiting()).isZero();
  }

  @Test
  void retriesAndHedgesShareOneBudget() {
    balancer = balancer(Hedge.after(LATE), Retry.budget(0, 1));
    for (int i = 0; i < 6; i++) {
      start();
    }
    List.copyOf(stages).forEach(stage -> stage.completeExceptionally(new IOException("no")));
    assertThat(balancer.stats().retries()).as("of 10 in 10 seconds").isEqualTo(6);
    for (int i = 0; i < 6; i++) {
      start();
    }
    scheduler.advance(LATE);
    assertThat(balancer.stats().hedges()).isEqualTo(4);
    assertThat(balancer.stats().hedgesSuppressed()).isEqualTo(2);
    assertThat(heard).filteredOn("suppressed"::equals).hasSize(2);
  }

  @Test
  void aSingleMemberIsNotHedged() {
    balancer.update(List.of("a"));
    start();
    scheduler.advance(LATE);
    assertThat(tried).containsExactly("a");
    assertThat(balancer.stats().hedgesSuppressed()).isZero();
  }

  @Test
  void aReplyThatComesTooLateIsClosed() {
    LoadBalancer<String> closing = balancer;
    List<String> closed = new ArrayList<>();
    List<CompletableFuture<AutoCloseable>> pending = new ArrayList<>();
    CompletableFuture<AutoCloseable> result =
        closing.callAsync(
            value -> {
              CompletableFuture<AutoCloseable> stage = new CompletableFuture<>();
              pending.add(stage);
              return stage.minimalCompletionStage(); // cannot be cancelled
            });
    scheduler.advance(LATE);
    pending.get(1).complete(() -> closed.add("winner"));
    assertThat(result).isCompleted();
    pending.get(0).complete(() -> closed.add("loser"));
    assertThat(closed).containsExactly("loser");
  }

  @Test
  void theObservedQuantileIsTheDelay() {
    balancer = balancer(Hedge.after(0.95), null);
    for (int i = 1; i <= 100; i++) {
      start();
      assertThat(scheduler.waiting()).as("too little is known").isZero();
      scheduler.advance(Duration.ofMillis(i));
      stages.get(i - 1).complete("answer " + i);
    }
    scheduler.advance(Duration.ofMillis(100));
    start();
    scheduler.advance(Duration.ofMillis(94));
    assertThat(stages).hasSize(101);
    scheduler.advance(Duration.ofMillis(8));
    assertThat(stages).as("p95 of 1 to 100 ms is 95 ms, known to 7 %").hasSize(102);
  }

  @Test
  void valuesOutOfRangeAreNamed() {
    assertThatThrownBy(() -> Hedge.after(1.0)).hasMessage("quantile: 1.0 (expected: 0.5 to 0.999)");
    assertThatThrownBy(() -> Hedge.after(Double.NaN))
        .hasMessage("quantile: NaN (expected: 0.5 to 0.999)");
    assertThatThrownBy(() -> Hedge.after(Duration.ZERO))
        .hasMessage("delay: PT0S (expected: > 0, <= 365 days)");
    assertThatThrownBy(() -> LoadBalancer.builder().hedge(null))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> LoadBalancer.builder().scheduler(scheduler).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("scheduler: set (expected: hedge set, nothing else needs it)");
    assertThat(Hedge.after(0.95)).hasToString("after(0.95)");
    assertThat(Hedge.after(LATE)).hasToString("after(PT0.05S)");
  }
}
