package io.spinforge.cache.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.cache.load.Waiters.Waiter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WaitersTest {
  private final Waiters waiters = new Waiters(new CompletableFuture<>());

  @Test
  void wakeUpBeforeTheWaitIsNotLost() throws InterruptedException {
    Waiter waiter = waiters.enter("k");
    waiters.wake("k");
    long started = System.nanoTime();
    waiter.await(TimeUnit.MINUTES.toNanos(5));
    assertThat(System.nanoTime() - started).isLessThan(TimeUnit.MINUTES.toNanos(1));
  }

  @Test
  void whoeverStillWaitsIsWokenAlthoughAnotherHasLeft() throws InterruptedException {
    Waiter one = waiters.enter("k");
    Waiter two = waiters.enter("k");
    waiters.leave("k", one);
    waiters.wakeAll();
    two.await(TimeUnit.MINUTES.toNanos(5));
    waiters.leave("k", two);
    assertThat(waiters.enter("k")).isNotSameAs(two);
  }

  @Test
  void waitEndsByItself() throws InterruptedException {
    waiters.enter("k").await(1);
  }
}
