package io.spinforge.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.testkit.ManualTicker;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class CallTest {
  private final ManualTicker ticker = new ManualTicker();
  private final List<String> tried = new ArrayList<>();

  @Test
  void returnsTheReplyAndReportsSuccess() {
    LoadBalancer<String> balancer = balancer(Retry.budget(0.2, 10));
    assertThat(balancer.<String, RuntimeException>call(value -> "hello " + value))
        .startsWith("hello ");
    assertThat(balancer.stats().successes()).isEqualTo(1);
    assertThat(balancer.stats().inFlight()).isZero();
  }

  @Test
  void triesAnotherMemberWhenOneFails() throws IOException {
    LoadBalancer<String> balancer = balancer(Retry.budget(0.2, 10));
    for (int i = 0; i < 30; i++) {
      tried.clear();
      String reply = balancer.call(this::failFirst);
      assertThat(tried).hasSize(2).doesNotHaveDuplicates().endsWith(reply);
    }
    assertThat(balancer.stats().retries()).isEqualTo(30);
    assertThat(balancer.stats().failures()).isEqualTo(30);
    assertThat(balancer.stats().successes()).isEqualTo(30);
  }

  private String failFirst(String value) throws IOException {
    tried.add(value);
    if (tried.size() == 1) {
      throw new IOException("first");
    }
    return value;
  }

  @Test
  void neverTriesAMemberTwiceAndThrowsTheLastFailureWithTheOthersSuppressed() {
    LoadBalancer<String> balancer = balancer(Retry.budget(1, 100).maxAttempts(10));
    assertThatThrownBy(() -> balancer.call(this::fail))
        .isInstanceOf(IOException.class)
        .satisfies(last -> assertThat(last.getSuppressed()).hasSize(2))
        .hasMessage(String.valueOf(tried.size()));
    assertThat(tried).hasSize(3);
    assertThat(new HashSet<>(tried)).isEqualTo(Set.of("a", "b", "c"));
    assertThat(balancer.stats().inFlight()).isZero();
  }

  private String fail(String value) throws IOException {
    tried.add(value);
    throw new IOException(String.valueOf(tried.size()));
  }

  @Test
  void withoutRetryTheFirstFailureIsThrown() {
    LoadBalancer<String> balancer = balancer(null);
    assertThatThrownBy(() -> balancer.call(this::fail)).hasMessage("1");
    assertThat(balancer.stats().retries()).isZero();
  }

  @Test
  void anExhaustedBudgetSuppressesTheExtraAttemptOnly() {
    LoadBalancer<String> balancer = balancer(Retry.budget(0, 1).maxAttempts(2));
    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(() -> balancer.call(this::fail)).isInstanceOf(IOException.class);
    }
    assertThat(tried).as("100 first attempts, 1 a second for 10 seconds").hasSize(110);
    assertThat(balancer.stats().retries()).isEqualTo(10);
    assertThat(balancer.stats().retriesSuppressed()).isEqualTo(90);
  }

  @Test
  void aReplyThatIsClassifiedAsAFailureIsTriedAgainAndReturnedInTheEnd() {
    LoadBalancer<String> balancer =
        LoadBalancer.<String>builder()
            .retry(Retry.budget(0.2, 10))
            .classifier(
                (reply, failure) ->
                    Integer.valueOf(503).equals(reply) ? Outcome.OVERLOADED : Outcome.SUCCESS)
            .build();
    balancer.update(List.of("a", "b"));
    int status =
        balancer.<Integer, RuntimeException>call(
            value -> {
              tried.add(value);
              return 503;
            });
    assertThat(status).isEqualTo(503);
    assertThat(tried).containsExactlyInAnyOrder("a", "b");
    assertThat(balancer.stats().overloaded()).isEqualTo(2);
  }

  @Test
  void cancellationsErrorsAndInterruptsAreNotTriedAgain() {
    LoadBalancer<String> balancer = balancer(Retry.budget(1, 100));
    assertNotRetried(balancer, new CancellationException());
    assertNotRetried(balancer, new InterruptedException());
    assertNotRetried(balancer, new StackOverflowError());
    assertThat(balancer.stats().cancelled()).isEqualTo(2);
    assertThat(balancer.stats().ignored()).isEqualTo(1);
    assertThat(balancer.stats().retries()).isZero();
  }

  private static void assertNotRetried(LoadBalancer<String> balancer, Throwable failure) {
    assertThatThrownBy(() -> balancer.call(value -> raise(failure))).isSameAs(failure);
  }

  private static String raise(Throwable failure) throws Exception {
    if (failure instanceof Error error) {
      throw error;
    }
    throw (Exception) failure;
  }

  @Test
  void timeoutsOfTheJdkAreTimeouts() {
    Classifier classifier = Classifier.byException();
    assertThat(classifier.classify(null, new TimeoutException())).isEqualTo(Outcome.TIMEOUT);
    assertThat(classifier.classify(null, new SocketTimeoutException())).isEqualTo(Outcome.TIMEOUT);
    assertThat(classifier.classify(null, new java.net.http.HttpTimeoutException("slow")))
        .isEqualTo(Outcome.TIMEOUT);
    assertThat(classifier.classify(null, new java.net.http.HttpConnectTimeoutException("slow")))
        .isEqualTo(Outcome.TIMEOUT);
    assertThat(classifier.classify(null, new IOException())).isEqualTo(Outcome.FAILURE);
    assertThat(classifier.classify(null, null)).isEqualTo(Outcome.SUCCESS);
  }

  @Test
  void aBrokenClassifierLeavesNothingInFlight() {
    LoadBalancer<String> balancer =
        LoadBalancer.<String>builder()
            .classifier(
                (reply, failure) -> {
                  throw new IllegalStateException("broken");
                })
            .build();
    balancer.update(List.of("a"));
    assertThatThrownBy(() -> balancer.call(value -> value)).hasMessage("broken");
    assertThatThrownBy(
            () -> balancer.callAsync(java.util.concurrent.CompletableFuture::completedFuture).get())
        .hasRootCauseMessage("broken");
    assertThat(balancer.stats().inFlight()).isZero();
  }

  @Test
  void withoutMembersACallIsRefused() {
    LoadBalancer<String> balancer = LoadBalancer.<String>builder().build();
    assertThatThrownBy(() -> balancer.call(value -> value)).isSameAs(NoMembersException.INSTANCE);
  }

  @Test
  void listenersHearOfRetries() {
    LoadBalancer<String> balancer = balancer(Retry.budget(0, 1));
    List<String> heard = new ArrayList<>();
    balancer.addListener(
        new BalancerListener<>() {
          @Override
          public void onRetry(Member<String> failed, Outcome outcome) {
            heard.add("retry " + outcome);
          }

          @Override
          public void onRetrySuppressed(Member<String> failed, Outcome outcome) {
            heard.add("suppressed " + outcome);
          }
        });
    for (int i = 0; i < 11; i++) {
      assertThatThrownBy(() -> balancer.call(this::fail)).isInstanceOf(IOException.class);
    }
    assertThat(heard).hasSize(11).startsWith("retry FAILURE").endsWith("suppressed FAILURE");
  }

  private LoadBalancer<String> balancer(Retry retry) {
    LoadBalancerBuilder<String> builder = LoadBalancer.<String>builder().ticker(ticker);
    LoadBalancer<String> balancer = (retry == null ? builder : builder.retry(retry)).build();
    balancer.update(List.of("a", "b", "c"));
    return balancer;
  }
}
