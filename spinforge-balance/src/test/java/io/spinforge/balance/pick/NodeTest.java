package io.spinforge.balance.pick;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NodeTest {
  @Test
  void countsRequestsInFlightAndSuccesses() {
    Node node = new Node();
    node.acquire();
    node.acquire();
    node.acquire();
    assertThat(node.release(true)).isTrue();
    assertThat(node.release(false)).isTrue();
    assertThat(node.inFlight()).isEqualTo(1);
    assertThat(node.successes()).isEqualTo(1);
    assertThat(node.release(true)).isTrue();
    assertThat(node.release(true)).as("nothing is in flight").isFalse();
    assertThat(node.inFlight()).isZero();
    assertThat(node.successes()).isEqualTo(2);
  }

  @Test
  void successesDoNotEndWhereAnIntegerDoes() {
    for (int halves = 0; halves < 9; halves++) {
      long from = Math.max(0, halves * (1L << 31) - 5);
      Node node = new Node(from);
      for (long successes = from; successes < from + 10; successes++) {
        assertThat(node.successes()).isEqualTo(successes);
        node.acquire();
        assertThat(node.inFlight()).isEqualTo(1);
        assertThat(node.release(true)).isTrue();
        assertThat(node.inFlight()).isZero();
      }
      assertThat(node.release(true)).isFalse();
    }
  }

  @Test
  void aReaderNeverSeesSuccessesGoBackOrLeap() throws Exception {
    long from = (1L << 32) - 20_000;
    Node node = new Node(from);
    CountDownLatch done = new CountDownLatch(2);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (int thread = 0; thread < 2; thread++) {
        Future<?> unused =
            threads.submit(
                () -> {
                  IntStream.range(0, 20_000)
                      .forEach(
                          i -> {
                            node.acquire();
                            node.release(true);
                          });
                  done.countDown();
                });
      }
      long last = from;
      while (done.getCount() > 0) {
        long now = node.successes();
        assertThat(now).isBetween(last, from + 40_000);
        last = now;
      }
      assertThat(node.successes()).isEqualTo(from + 40_000);
      assertThat(node.inFlight()).isZero();
    } finally {
      threads.shutdownNow();
    }
  }
}
