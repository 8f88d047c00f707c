package io.spinforge.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.ManualTicker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CallAsyncTest {
  private final LoadBalancer<String> balancer =
      LoadBalancer.<String>builder()
          .retry(Retry.budget(0.2, 10).maxAttempts(3))
          .ticker(new ManualTicker())
          .build();
  private final List<String> tried = new ArrayList<>();
  private final List<CompletableFuture<String>> stages = new ArrayList<>();

  @BeforeEach
  void members() {
    balancer.update(List.of("a", "b", "c"));
  }

  @Test
  void completesWithTheReply() {
    CompletableFuture<String> result = start();
    assertThat(balancer.stats().inFlight()).isEqualTo(1);
    stages.get(0).complete("hello");
    assertThat(result).isCompletedWithValue("hello");
    assertThat(balancer.stats().successes()).isEqualTo(1);
    assertThat(balancer.stats().inFlight()).isZero();
  }

  @Test
  void triesOthersAndCompletesWithTheirReply() {
    CompletableFuture<String> result = start();
    stages.get(0).completeExceptionally(new IOException("first"));
    stages.get(1).completeExceptionally(new CompletionException(new IOException("second")));
    assertThat(result).isNotDone();
    stages.get(2).complete("third");
    assertThat(result).isCompletedWithValue("third");
    assertThat(tried).doesNotHaveDuplicates().hasSize(3);
    assertThat(balancer.stats().retries()).isEqualTo(2);
  }

  @Test
  void failsWithTheLastFailure() {
    CompletableFuture<String> result = start();
    for (int i = 0; i < 3; i++) {
      stages.get(i).completeExceptionally(new IOException("failure " + i));
    }
    assertThat(result)
        .failsWithin(java.time.Duration.ZERO)
        .withThrowableOfType(java.util.concurrent.ExecutionException.class)
        .havingCause()
        .withMessage("failure 2")
        .satisfies(last -> assertThat(last.getSuppressed()).hasSize(2));
    assertThat(balancer.stats().inFlight()).isZero();
  }

  @Test
  void aFunctionThatThrowsIsAFailedAttempt() {
    CompletableFuture<String> result =
        balancer.callAsync(
            value -> {
              tried.add(value);
              if (tried.size() < 3) {
                throw new IllegalStateException("no stage");
              }
              return CompletableFuture.completedFuture(value);
            });
    assertThat(result).isCompletedWithValue(tried.get(2));
  }

  @Test
  void cancellingTheResultCancelsTheAttemptAndTriesNoMore() {
    CompletableFuture<String> result = start();
    result.cancel(true);
    assertThat(stages.get(0)).isCancelled();
    assertThat(stages).hasSize(1);
    assertThat(balancer.stats().cancelled()).isEqualTo(1);
    assertThat(balancer.stats().inFlight()).isZero();
    assertThat(balancer.stats().surplusEnds()).isZero();
  }

  @Test
  void withoutMembersTheFutureFails() {
    balancer.update(List.of());
    assertThat(start()).isCompletedExceptionally();
    assertThat(stages).isEmpty();
  }

  private CompletableFuture<String> start() {
    return balancer.callAsync(
        value -> {
          tried.add(value);
          stages.add(new CompletableFuture<>());
          return stages.get(stages.size() - 1);
        });
  }
}
