package io.spinforge.balance.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.testkit.ManualTicker;
import io.spinforge.testkit.Seeds;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ConcurrencyLimiterTest {
  @Test
  void admitsUpToTheLimitAndAgainWhenOneEnds() {
    ConcurrencyLimiter limiter = ConcurrencyLimiter.of(Limit.fixed(2));
    long first = limiter.tryAcquire();
    long second = limiter.tryAcquire();
    assertThat(limiter.tryAcquire()).isEqualTo(ConcurrencyLimiter.REJECTED);
    limiter.ignored(first);
    long third = limiter.tryAcquire();
    assertThat(LongStream.of(first, second, third)).doesNotContain(ConcurrencyLimiter.REJECTED);
    assertThat(limiter.stats()).isEqualTo(new ConcurrencyLimiter.Stats(2, 2, 3, 1));
    assertThat(limiter).hasToString("ConcurrencyLimiter[2 of 2, Fixed[limit=2]]");
  }

  @Test
  void learnsFromTimesAndLosses() {
    ManualTicker ticker = new ManualTicker();
    ConcurrencyLimiter limiter =
        ConcurrencyLimiter.builder(Limit.aimd().bounds(20, 1, 30)).ticker(ticker).build();
    List<Long> permits = acquire(limiter, null, 20);
    limiter.succeeded(permits.get(0));
    assertThat(limiter.limit()).isEqualTo(21);
    limiter.dropped(permits.get(1));
    assertThat(limiter.limit()).isEqualTo(18);
    limiter.ignored(permits.get(2));
    assertThat(limiter.limit()).isEqualTo(18);
    ticker.advance(Duration.ofSeconds(6));
    limiter.succeeded(permits.get(3));
    assertThat(limiter.limit()).as("slower than 5 s is lost").isEqualTo(16);
  }

  private static List<Long> acquire(ConcurrencyLimiter limiter, String partition, int most) {
    List<Long> permits = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      long permit = partition == null ? limiter.tryAcquire() : limiter.tryAcquire(partition);
      if (permit == ConcurrencyLimiter.REJECTED) {
        break;
      }
      permits.add(permit);
    }
    return permits;
  }

  private static ConcurrencyLimiter partitioned() {
    return ConcurrencyLimiter.builder(Limit.fixed(10))
        .partition("batch", 0.3)
        .partition("live", 0.7)
        .build();
  }

  @Test
  void aPartitionMayUseWhatOthersDoNot() {
    assertThat(acquire(partitioned(), "batch", 20)).hasSize(10);
  }

  @Test
  void aPartitionHasItsShareWhenOthersUsedUpTheLimit() {
    ConcurrencyLimiter limiter = partitioned();
    acquire(limiter, "batch", 10);
    assertThat(acquire(limiter, "live", 20)).hasSize(7);
    assertThat(acquire(limiter, "batch", 20)).isEmpty();
    assertThat(acquire(limiter, "nobody knows", 20)).isEmpty();
    assertThat(acquire(limiter, null, 20)).isEmpty();
    assertThat(limiter.inFlight()).isEqualTo(17);
  }

  @Test
  void sharesAreRefusedTogetherWhenAllAreUsed() {
    ConcurrencyLimiter limiter = partitioned();
    assertThat(acquire(limiter, "batch", 3)).hasSize(3);
    assertThat(acquire(limiter, "live", 7)).hasSize(7);
    assertThat(acquire(limiter, "batch", 1)).isEmpty();
    assertThat(acquire(limiter, "live", 1)).isEmpty();
  }

  @Test
  void whatEndsIsGivenBackToItsPartition() {
    ConcurrencyLimiter limiter = partitioned();
    List<Long> batch = acquire(limiter, "batch", 10);
    limiter.succeeded(batch.get(0));
    assertThat(acquire(limiter, "batch", 20)).hasSize(1);
    acquire(limiter, "live", 20);
    batch.subList(1, 10).forEach(limiter::ignored);
    assertThat(limiter.inFlight()).isEqualTo(8);
  }

  @Test
  void nothingIsBelowZeroAfterAnEndTooMany() {
    ConcurrencyLimiter limiter = ConcurrencyLimiter.of(Limit.fixed(2));
    long permit = limiter.tryAcquire();
    limiter.succeeded(permit);
    limiter.succeeded(permit);
    assertThat(limiter.inFlight()).isZero();
    assertThatThrownBy(() -> limiter.succeeded(ConcurrencyLimiter.REJECTED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("permit: 63 (expected: one of tryAcquire's)");
  }

  @Test
  void timeMayOverflow() {
    ManualTicker ticker = new ManualTicker(Long.MAX_VALUE - 10);
    ConcurrencyLimiter limiter =
        ConcurrencyLimiter.builder(Limit.aimd().bounds(2, 1, 9)).ticker(ticker).build();
    long permit = limiter.tryAcquire();
    assertThat(permit).isNotEqualTo(ConcurrencyLimiter.REJECTED);
    ticker.advance(Duration.ofMillis(1));
    limiter.succeeded(permit);
    assertThat(limiter.limit()).isEqualTo(3);
  }

  @Test
  void neverMoreThanTheLimitFromManyThreads() throws Exception {
    ConcurrencyLimiter limiter = ConcurrencyLimiter.of(Limit.fixed(5));
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    int threads = 8;
    CountDownLatch start = new CountDownLatch(threads);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> work = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        work.add(
            pool.submit(
                () -> {
                  start.countDown();
                  start.await();
                  for (int n = 0; n < 20_000; n++) {
                    long permit = limiter.tryAcquire();
                    if (permit != ConcurrencyLimiter.REJECTED) {
                      most.accumulateAndGet(running.incrementAndGet(), Math::max);
                      running.decrementAndGet();
                      limiter.succeeded(permit);
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> done : work) {
        done.get(60, TimeUnit.SECONDS);
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(most).hasValueLessThanOrEqualTo(5);
    assertThat(limiter.inFlight()).isZero();
  }

  @Test
  void allocatesNothing() {
    for (Limit limit : List.of(Limit.fixed(9), Limit.aimd(), Limit.vegas(), Limit.gradient())) {
      ConcurrencyLimiter limiter = ConcurrencyLimiter.builder(limit).partition("live", 0.5).build();
      var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
      long least = Long.MAX_VALUE;
      for (int round = 0; round < 6; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 20_000; i++) {
          limiter.succeeded(limiter.tryAcquire("live"));
        }
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      }
      assertThat(least).as(limit.toString()).isLessThan(2_000);
    }
  }

  @Test
  void equalsCountingByHand() {
    Seeds.run(
        100,
        (seed, random) -> {
          ConcurrencyLimiter limiter =
              ConcurrencyLimiter.builder(Limit.fixed(8))
                  .partition("a", 0.25)
                  .partition("b", 0.5)
                  .build();
          String[] names = {"a", "b", "c"};
          int[] shares = {2, 4, 0};
          List<List<Long>> held = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
          for (int i = 0; i < 300; i++) {
            int which = random.nextInt(3);
            List<Long> mine = held.get(which);
            int total = held.stream().mapToInt(List::size).sum();
            if (random.nextInt(5) < 3) {
              boolean admitted = total < 8 || mine.size() < shares[which];
              long permit = limiter.tryAcquire(names[which]);
              assertThat(permit != ConcurrencyLimiter.REJECTED).isEqualTo(admitted);
              if (admitted) {
                mine.add(permit);
              }
            } else if (!mine.isEmpty()) {
              limiter.succeeded(mine.remove(random.nextInt(mine.size())));
            }
          }
        });
  }

  @Test
  void settingsOutOfRangeAreNamed() {
    ConcurrencyLimiter.Builder builder = ConcurrencyLimiter.builder(Limit.fixed(1));
    assertThatThrownBy(() -> builder.partition("a", 0))
        .hasMessage("share: 0.0 (expected: > 0, <= 1)");
    builder.partition("a", 0.6);
    assertThatThrownBy(() -> builder.partition("a", 0.1))
        .hasMessage("partition: a set twice (expected: once)");
    builder.partition("b", 0.6);
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("partitions: {a=0.6, b=0.6} (expected: a sum <= 1)");
  }
}
