package io.spinforge.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeaseTest {
  private final LoadBalancer<String> balancer = LoadBalancer.<String>builder().build();

  @BeforeEach
  void members() {
    balancer.update(List.of("a"));
  }

  @Test
  void isInFlightUntilItIsCompleted() {
    try (Lease<String> lease = balancer.lease()) {
      assertThat(lease.value()).isEqualTo("a");
      assertThat(lease.member().inFlight()).isEqualTo(1);
      lease.complete(Outcome.FAILURE);
      assertThat(lease.member().inFlight()).isZero();
    }
    assertThat(balancer.stats().failures()).isEqualTo(1);
    assertThat(balancer.stats().requests()).isEqualTo(1);
  }

  @Test
  void closedWithoutAnOutcomeIsCancelled() {
    balancer.lease().close();
    assertThat(balancer.stats().cancelled()).isEqualTo(1);
    assertThat(balancer.stats().inFlight()).isZero();
  }

  @Test
  void endsOnceHoweverOftenItIsEnded() {
    Lease<String> lease = balancer.lease();
    Lease<String> other = balancer.lease();
    lease.complete(Outcome.SUCCESS);
    lease.complete(Outcome.FAILURE);
    lease.close();
    assertThat(balancer.stats().requests()).isEqualTo(1);
    assertThat(balancer.stats().inFlight()).isEqualTo(1);
    assertThat(balancer.stats().surplusEnds()).isZero();
    other.close();
  }

  @Test
  void anAbandonedLeaseIsFoundEndedAndCounted() {
    for (int i = 0; i < 10; i++) {
      balancer.lease();
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              System.gc();
              assertThat(balancer.stats().abandonedLeases()).isEqualTo(10);
            });
    assertThat(balancer.stats().inFlight()).isZero();
    assertThat(balancer.stats().cancelled()).isEqualTo(10);
  }
}
