package io.spinforge.cache;

import static io.spinforge.cache.Caches.layer;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.spinforge.testkit.RedisServer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;

/**
 * Two nodes, many threads, few keys. Each value is a version, so the oracle is a comparison: a read
 * on a node never returns less than what that node had invalidated before the read began, and when
 * all is quiet every node has the newest.
 */
class ConcurrentNodesIT {
  private static final int KEYS = 5;
  private static final int THREADS = 4;
  private static final int OPERATIONS = 1500;

  private final AtomicLongArray truth = new AtomicLongArray(KEYS);
  private final long seed = Long.getLong("seed", System.nanoTime());

  @Test
  void readNeverGoesBehindTheNodesOwnInvalidationsAndAllConverge() throws Exception {
    try (RedisServer redis = RedisServer.start();
        Stress a = new Stress(redis.uri());
        Stress b = new Stress(redis.uri())) {
      ExecutorService pool = Executors.newFixedThreadPool(2 * THREADS);
      try {
        List<Future<?>> work = new ArrayList<>();
        for (int i = 0; i < 2 * THREADS; i++) {
          Stress node = i % 2 == 0 ? a : b;
          SplittableRandom random = new SplittableRandom(seed + i);
          work.add(pool.submit(() -> node.run(random)));
        }
        for (Future<?> done : work) {
          done.get(50, TimeUnit.SECONDS);
        }
      } finally {
        pool.shutdownNow();
      }
      await().atMost(ofSeconds(10)).until(() -> a.isNewest() && b.isNewest());
      assertThat(a.caches.stats().redis().orElseThrow().logResets()).isZero();
    }
  }

  private final class Stress implements AutoCloseable {
    private final CacheManager caches;
    private final LayeredCache<Integer, String> cache;
    private final AtomicLong[] floors = new AtomicLong[KEYS];

    Stress(String uri) {
      this.caches = CacheManager.builder().name("test").redis(layer(uri)).build();
      this.cache =
          caches
              .cache("version", String.class)
              .key((Integer k) -> k.toString())
              .loader(k -> Long.toString(truth.get(k)))
              .build();
      for (int k = 0; k < KEYS; k++) {
        floors[k] = new AtomicLong();
      }
    }

    void run(SplittableRandom random) {
      for (int i = 0; i < OPERATIONS; i++) {
        int key = random.nextInt(KEYS);
        if (random.nextInt(10) == 0) {
          long version = truth.incrementAndGet(key);
          cache.invalidate(key);
          floors[key].accumulateAndGet(version, Math::max);
        } else {
          long floor = floors[key].get();
          long read = Long.parseLong(cache.get(key).value());
          assertThat(read).as("key %s, seed %s", key, seed).isGreaterThanOrEqualTo(floor);
        }
      }
    }

    boolean isNewest() {
      for (int k = 0; k < KEYS; k++) {
        if (!cache.get(k).value().equals(Long.toString(truth.get(k)))) {
          return false;
        }
      }
      return true;
    }

    @Override
    public void close() {
      caches.close();
    }
  }
}
