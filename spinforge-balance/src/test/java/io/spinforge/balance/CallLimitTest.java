package io.spinforge.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.balance.limit.ConcurrencyLimiter;
import io.spinforge.balance.limit.Limit;
import io.spinforge.balance.limit.LimitExceededException;
import io.spinforge.testkit.ManualTicker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CallLimitTest {
  private final ManualTicker ticker = new ManualTicker();
  private final ConcurrencyLimiter limiter =
      ConcurrencyLimiter.builder(Limit.aimd().bounds(2, 1, 3)).ticker(ticker).build();
  private final LoadBalancer<String> balancer =
      balancer(LoadBalancer.<String>builder().limit(limiter));
  private final List<CompletableFuture<String>> stages = new ArrayList<>();

  private LoadBalancer<String> balancer(LoadBalancerBuilder<String> builder) {
    LoadBalancer<String> built = builder.ticker(ticker).build();
    built.update(List.of("a", "b", "c"));
    return built;
  }

  private CompletableFuture<String> start() {
    return balancer.callAsync(
        value -> {
          stages.add(new CompletableFuture<>());
          return stages.get(stages.size() - 1);
        });
  }

  @Test
  void callsAboveTheLimitFailWithoutAnAttempt() {
    AtomicInteger heard = new AtomicInteger();
    balancer.addListener(
        new BalancerListener<>() {
          @Override
          public void onLimited() {
            heard.incrementAndGet();
          }
        });
    start();
    start();
    assertThat(start())
        .failsWithin(Duration.ZERO)
        .withThrowableOfType(java.util.concurrent.ExecutionException.class)
        .havingCause()
        .isSameAs(LimitExceededException.INSTANCE);
    assertThatThrownBy(() -> balancer.call(value -> value))
        .isSameAs(LimitExceededException.INSTANCE);
    assertThat(stages).hasSize(2);
    assertThat(balancer.stats().limited()).isEqualTo(2);
    assertThat(heard).hasValue(2);
    assertThat(balancer.stats().overloaded()).as("no member is to blame").isZero();
  }

  @Test
  void successesRaiseAndTimeoutsLowerTheLimit() {
    assertThat(balancer.<String, RuntimeException>call(value -> value)).isNotNull();
    assertThat(limiter.limit()).isEqualTo(3);
    assertThatThrownBy(
            () ->
                balancer.call(
                    value -> {
                      throw new TimeoutException();
                    }))
        .isInstanceOf(TimeoutException.class);
    assertThat(limiter.limit()).isEqualTo(2);
    assertThatThrownBy(
            () ->
                balancer.call(
                    value -> {
                      throw new IOException();
                    }))
        .isInstanceOf(IOException.class);
    assertThat(limiter.limit()).as("a failure tells nothing of time").isEqualTo(2);
    start();
    stages.get(0).complete("ok");
    assertThat(limiter.limit()).isEqualTo(3);
    start();
    stages.get(1).completeExceptionally(new TimeoutException());
    assertThat(limiter.limit()).isEqualTo(2);
    assertThat(limiter.inFlight()).isZero();
  }

  @Test
  void aCancelledCallGivesItsPermitBack() {
    start().cancel(true);
    assertThat(limiter.inFlight()).isZero();
    assertThat(limiter.limit()).isEqualTo(2);
  }

  @Test
  void retriesAndHedgesAreOneRequest() {
    ManualScheduler scheduler = new ManualScheduler(ticker);
    LoadBalancer<String> busy =
        balancer(
            LoadBalancer.<String>builder()
                .limit(limiter)
                .retry(Retry.budget(1, 10).maxAttempts(3))
                .hedge(Hedge.after(Duration.ofMillis(5)))
                .scheduler(scheduler));
    CompletableFuture<String> result =
        busy.callAsync(
            value -> {
              stages.add(new CompletableFuture<>());
              return stages.get(stages.size() - 1);
            });
    scheduler.advance(Duration.ofMillis(5));
    assertThat(stages).hasSize(2);
    assertThat(limiter.inFlight()).isEqualTo(1);
    stages.get(0).complete("first");
    assertThat(result).isCompleted();
    assertThat(limiter.inFlight()).isZero();
    assertThat(busy.<String, RuntimeException>call(value -> value)).isNotNull();
    assertThat(limiter.inFlight()).isZero();
  }

  @Test
  void withoutMembersThePermitIsGivenBack() {
    balancer.update(List.of());
    assertThatThrownBy(() -> balancer.call(value -> value)).isInstanceOf(NoMembersException.class);
    assertThat(start()).isCompletedExceptionally();
    assertThat(limiter.inFlight()).isZero();
  }

  @Test
  void aLimitBehindTheCallIsAnOverloadedMember() {
    assertThat(Classifier.byException().classify(null, LimitExceededException.INSTANCE))
        .isEqualTo(Outcome.OVERLOADED);
  }

  @Test
  void aLimitTellsTimeByTheBalancersTicker() {
    LoadBalancer<String> own =
        balancer(
            LoadBalancer.<String>builder()
                .limit(Limit.aimd().bounds(2, 1, 2).timeout(Duration.ofSeconds(1))));
    own.call(
        value -> {
          ticker.advance(Duration.ofSeconds(2)); // a loss: one is left
          return value;
        });
    own.<CompletableFuture<String>, RuntimeException>call(
        value -> own.callAsync(CompletableFuture::completedFuture));
    assertThat(own.stats().limited()).isEqualTo(1);
  }

  @Test
  void theLimitIsSetOnce() {
    assertThatThrownBy(() -> LoadBalancer.builder().limit(Limit.fixed(1)).limit(Limit.fixed(2)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("limit: set twice (expected: once)");
  }
}
