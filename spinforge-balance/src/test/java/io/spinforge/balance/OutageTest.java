package io.spinforge.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.ManualTicker;
import io.spinforge.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Total outages: whatever retries and hedges are allowed, load grows by the budget and no further.
 */
class OutageTest {
  private static final int REQUESTS = 50_000;
  private static final Duration BETWEEN = Duration.ofMillis(1);

  private final ManualTicker ticker = new ManualTicker();
  private long attempts;

  @Test
  void threeRetriesOfRequestsThatFailAtOnceStayWithinAFifth() {
    LoadBalancer<Integer> balancer =
        balancer(LoadBalancer.<Integer>builder().retry(Retry.budget(0.2, 0).maxAttempts(4)));
    for (int i = 0; i < REQUESTS; i++) {
      ticker.advance(BETWEEN);
      try {
        balancer.call(
            value -> {
              attempts++;
              throw new IllegalStateException("down");
            });
      } catch (IllegalStateException expected) {
        // as all do
      }
    }
    assertAmplification(balancer);
  }

  @Test
  void retriesAndHedgesOfRequestsThatHangStayWithinAFifthTogether() {
    ManualScheduler scheduler = new ManualScheduler(ticker);
    LoadBalancer<Integer> balancer =
        balancer(
            LoadBalancer.<Integer>builder()
                .retry(Retry.budget(0.2, 0).maxAttempts(4))
                .hedge(Hedge.after(Duration.ofMillis(50)))
                .scheduler(scheduler));
    Seeds.run(
        1,
        (seed, random) -> {
          List<CompletableFuture<Integer>> pending = new ArrayList<>();
          for (int i = 0; i < REQUESTS; i++) {
            scheduler.advance(BETWEEN);
            CompletableFuture<Integer> unused =
                balancer.callAsync(
                    value -> {
                      attempts++;
                      CompletableFuture<Integer> stage = new CompletableFuture<>();
                      pending.add(stage);
                      return stage;
                    });
            while (pending.size() > 100) {
              pending.remove(random.nextInt(100)).completeExceptionally(new TimeoutException());
            }
          }
        });
    assertThat(balancer.stats().hedges()).isPositive();
    assertThat(balancer.stats().retries()).isPositive();
    assertAmplification(balancer);
  }

  private LoadBalancer<Integer> balancer(LoadBalancerBuilder<Integer> builder) {
    LoadBalancer<Integer> balancer = builder.ticker(ticker).build();
    balancer.update(IntStream.range(0, 10).boxed().toList());
    return balancer;
  }

  private void assertAmplification(LoadBalancer<Integer> balancer) {
    assertThat((double) attempts / REQUESTS)
        .as("retries %s, hedges %s", balancer.stats().retries(), balancer.stats().hedges())
        .isBetween(1.19, 1.2);
  }
}
