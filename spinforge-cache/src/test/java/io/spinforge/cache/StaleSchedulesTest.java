package io.spinforge.cache;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.ManualTicker;
import io.spinforge.testkit.Seeds;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Reads, failing and good loads, refreshes, changes and the passing of time in random order, an
 * invalidation also in the middle of a load. The oracle knows when each version was loaded and
 * which was the oldest that may be seen.
 */
class StaleSchedulesTest {
  private static final Duration FRESH = ofMillis(100);
  private static final Duration STALE = ofMillis(50);
  private static final Duration ON_ERROR = ofMillis(400);

  @Test
  void invalidatedValueIsNeverServedAsStaleAndNoneBeyondItsLifetimes() {
    Seeds.run(5_000, (seed, random) -> new Schedule(random).run());
  }

  private static final class Schedule {
    private final SplittableRandom random;
    private final ManualTicker ticker = new ManualTicker();
    private final Tasks tasks = new Tasks();
    private int version = 1;
    private int oldestAllowed = 1;
    private int depth;

    Schedule(SplittableRandom random) {
      this.random = random;
    }

    void run() {
      RefreshAhead ahead = random.nextBoolean() ? RefreshAhead.at(0.7) : RefreshAhead.xfetch();
      try (CacheManager caches =
          CacheManager.builder()
              .ticker(ticker)
              .random(random::nextDouble)
              .executor(tasks)
              .memory(m -> m.timeToLive(ofMillis(random.nextBoolean() ? 60 : 600)))
              .defaults(
                  p ->
                      p.freshFor(FRESH)
                          .jitter(0)
                          .serveStaleFor(STALE)
                          .serveStaleOnError(ON_ERROR, ofMillis(30))
                          .refreshAhead(ahead))
              .build()) {
        LayeredCache<String, String> cache =
            caches.cache("row", String.class).key((String k) -> k).build();
        for (int i = 0; i < 60; i++) {
          step(cache);
        }
      }
    }

    private void step(LayeredCache<String, String> cache) {
      switch (random.nextInt(10)) {
        case 0 -> change(cache);
        case 1, 2, 3 -> ticker.advance(ofMillis(random.nextInt(80)));
        case 4 -> tasks.runAll();
        default -> read(cache);
      }
    }

    private void change(LayeredCache<String, String> cache) {
      version++;
      cache.invalidate("k");
      oldestAllowed = version;
    }

    private void read(LayeredCache<String, String> cache) {
      int oldest = oldestAllowed;
      Cached<String> cached;
      try {
        cached = cache.get("k", load -> load(cache));
      } catch (LoadFailedException e) {
        return;
      }
      assertThat(Integer.parseInt(cached.value())).isGreaterThanOrEqualTo(oldest);
      Duration longest =
          switch (cached.state()) {
            case FRESH -> FRESH;
            case STALE_REVALIDATING -> FRESH.plus(STALE);
            case STALE_ON_ERROR -> FRESH.plus(STALE).plus(ON_ERROR);
            default -> Duration.ZERO;
          };
      if (cached.source() == Source.MEMORY) {
        assertThat(cached.age()).isLessThan(longest);
      }
      if (cached.state() == State.STALE_REVALIDATING || cached.state() == State.STALE_ON_ERROR) {
        assertThat(cached.age()).isGreaterThanOrEqualTo(FRESH);
      }
    }

    /** Reads the truth; then time passes, and somebody may change it before this returns. */
    private String load(LayeredCache<String, String> cache) {
      String read = Integer.toString(version);
      if (depth++ == 0) {
        ticker.advance(ofMillis(random.nextInt(20)));
        if (random.nextInt(3) == 0) {
          change(cache);
        }
      }
      depth--;
      if (random.nextInt(2) == 0) {
        throw new IllegalStateException("down");
      }
      return read;
    }
  }
}
