package io.spinforge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HitTimerTest {
  /** Each reading takes 5 ns. */
  private final AtomicLong time = new AtomicLong();

  private final CacheManager caches =
      CacheManager.builder().ticker(() -> time.addAndGet(5)).build();
  private final LayeredCache<String, String> rows =
      caches.cache("row", String.class).key((String k) -> k).loader(k -> k).build();

  @AfterEach
  void close() {
    caches.close();
  }

  @Test
  void oneHitEach100MillisecondsIsTimed() {
    rows.get("k");
    for (int i = 0; i < 100; i++) {
      rows.get("k");
    }
    assertThat(rows.stats().memoryHits()).isEqualTo(100);
    assertThat(rows.stats().timedMemoryHits()).isEqualTo(1);
    time.addAndGet(HitTimer.EVERY_NANOS);
    rows.get("k");
    rows.get("k", load -> "v");
    assertThat(rows.getAsync("k")).isCompleted();
    assertThat(rows.stats().timedMemoryHits()).isEqualTo(2);
    // Asked when it begins, by memory, and when it ends.
    assertThat(rows.stats().memoryHitTime()).isEqualTo(Duration.ofNanos(2 * 10));
  }

  @Test
  void whatMemoryDoesNotAnswerIsNotTimed() {
    for (int i = 0; i < 10; i++) {
      rows.get("k" + i);
      time.addAndGet(HitTimer.EVERY_NANOS);
    }
    assertThat(rows.stats().timedMemoryHits()).isZero();
    assertThat(rows.stats().memoryHitTime()).isZero();
  }
}
