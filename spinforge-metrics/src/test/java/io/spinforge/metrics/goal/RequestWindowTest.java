package io.spinforge.metrics.goal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RequestWindowTest {
  @Test
  void slotsAreToldOnceEachWithTheFirstRequestOfTheirs() {
    List<Long> told = new ArrayList<>();
    RequestWindow window = new RequestWindow(1000, 300, told::add);
    window.record(1009, 1, false);
    window.record(1010, 1, false);
    window.record(1019, 1, false);
    window.look(1055);
    window.look(1056);
    assertThat(told).containsExactly(1010L, 1055L);
  }

  @Test
  void theWindowReachesBackBetweenTwentyNineAndThirtySlots() {
    RequestWindow window = new RequestWindow(0, 300, now -> {});
    window.record(5, 1, false);
    assertThat(window.look(299).total()).isEqualTo(1);
    assertThat(window.look(299).coveredNanos()).isEqualTo(299);
    assertThat(window.look(300).total()).isZero();
    assertThat(window.look(300).coveredNanos()).isEqualTo(290);
  }

  @Test
  void noRequestIsLostOrCountedTwiceByManyThreads() throws Exception {
    int threads = 4;
    int each = 50_000;
    AtomicLong clock = new AtomicLong();
    // A window long enough that nothing leaves it, with a slot's end every few requests.
    RequestWindow window = new RequestWindow(0, threads * each * 2L, now -> {});
    CountDownLatch done = new CountDownLatch(threads);
    for (int i = 0; i < threads; i++) {
      Thread thread =
          new Thread(
              () -> {
                for (int n = 0; n < each; n++) {
                  window.record(clock.incrementAndGet(), n * 1000L, n % 10 == 0);
                }
                done.countDown();
              });
      thread.setDaemon(true);
      thread.start();
    }
    while (done.getCount() > 0) {
      Requests seen = window.look(clock.get());
      assertThat(seen.errors()).isLessThanOrEqualTo(seen.total());
      Thread.onSpinWait();
    }
    Requests all = window.look(clock.get());
    assertThat(all.total()).isEqualTo((long) threads * each);
    assertThat(all.errors()).isEqualTo((long) threads * each / 10);
  }
}
