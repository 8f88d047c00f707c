package io.spinforge.cache;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** What the tests of this package share: a source of truth, and nodes that cache it. */
final class Caches {
  private Caches() {}

  /** A thread for each task, for what blocks. */
  static <T> CompletableFuture<T> inThread(Callable<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(task.call());
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return result;
  }

  /** The truth that is cached: loads are counted. */
  static final class Database {
    final ConcurrentMap<String, String> rows = new ConcurrentHashMap<>();
    final AtomicInteger loads = new AtomicInteger();

    String find(String key) {
      loads.incrementAndGet();
      return rows.getOrDefault(key, "none");
    }
  }

  /** One node: a manager and its cache of strings. */
  record Peer(CacheManager caches, LayeredCache<String, String> cache, Database database)
      implements AutoCloseable {
    @Override
    public void close() {
      caches.close();
    }
  }

  static RedisLayer layer(String uri) {
    return RedisLayer.of(uri)
        .partitions(4)
        .commandTimeout(ofMillis(500))
        .maxStaleness(ofSeconds(2));
  }

  static Peer peer(RedisLayer layer, Database database) {
    return peer(CacheManager.builder().name("test").redis(layer), database);
  }

  static Peer peer(CacheManager.Builder builder, Database database) {
    CacheManager caches = builder.defaults(p -> p.jitter(0)).build();
    LayeredCache<String, String> cache =
        caches.cache("row", String.class).key((String key) -> key).loader(database::find).build();
    return new Peer(caches, cache, database);
  }

  static void awaitLive(Peer peer) {
    await().atMost(ofSeconds(20)).until(() -> peer.caches().health().state() == Health.State.LIVE);
  }

  /** Runs one command on a connection of its own. */
  static <T> T onRedis(String uri, Function<StatefulRedisConnection<String, String>, T> work) {
    RedisClient client = RedisClient.create(uri);
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      return work.apply(connection);
    } finally {
      client.shutdown(Duration.ZERO, ofSeconds(2));
    }
  }

  /** A load that has read its value and does not return before it is told to. */
  static final class SlowLoad {
    private final CountDownLatch read = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private final CompletableFuture<Cached<String>> result;

    /** Starts the load in a thread of its own; returns when the value was read. */
    SlowLoad(LayeredCache<String, String> cache, String key, Callable<String> value)
        throws InterruptedException {
      result =
          inThread(
              () ->
                  cache.get(
                      key,
                      load -> {
                        String text = value.call();
                        read.countDown();
                        go.await();
                        return text;
                      }));
      assertThat(read.await(10, TimeUnit.SECONDS)).isTrue();
    }

    Cached<String> finish() throws Exception {
      go.countDown();
      return result.get(10, TimeUnit.SECONDS);
    }
  }
}
