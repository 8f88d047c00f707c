package io.spinforge.benchmarks.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DeskTest {
  private final ExecutorService customers = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    customers.shutdownNow();
  }

  @Test
  void servesOneAfterTheOtherAtEachPlaceAndCountsTheTimeTaken() throws Exception {
    Desk desk = new Desk(2, 100, Duration.ofMillis(50));
    long start = System.nanoTime();
    List<Future<Boolean>> served = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      served.add(customers.submit(desk::serve));
    }
    for (Future<Boolean> customer : served) {
      assertThat(customer.get()).isTrue();
    }
    double elapsed = (System.nanoTime() - start) / 1e9;
    assertThat(elapsed).isGreaterThanOrEqualTo(0.15);
    // 6 customers of 50 ms each at 2 places; sleeping longer counts as taken too.
    assertThat(desk.utilization()).isBetween(0.1 / elapsed, 1.0);
    assertThat(desk.utilization()).isZero();
  }

  @Test
  void turnsAwayWhoFindsTheQueueFull() throws Exception {
    Desk desk = new Desk(1, 1, Duration.ofMinutes(1));
    Future<Boolean> first = customers.submit(desk::serve);
    Awaitility.await().until(() -> desk.utilization() > 0);
    Future<Boolean> second = customers.submit(desk::serve);
    Awaitility.await().until(() -> desk.waiting() == 1);
    assertThat(desk.serve()).isFalse();
    assertThat(first).isNotDone();
    assertThat(second).isNotDone();
  }

  @Test
  void canBeMadeSlower() throws Exception {
    Desk desk = new Desk(1, 1, Duration.ofNanos(1));
    desk.serviceTime(Duration.ofMillis(80));
    long start = System.nanoTime();
    assertThat(desk.serve()).isTrue();
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(80));
  }
}
