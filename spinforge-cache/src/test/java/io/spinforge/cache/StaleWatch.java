package io.spinforge.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.spinforge.cache.Caches.Database;
import io.spinforge.cache.Caches.Peer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * One node changes rows and invalidates them while another reads them, and an oracle of versions
 * judges every answer: how long had it been superseded, when it was asked for, by a version whose
 * invalidation Redis had acknowledged?
 */
final class StaleWatch implements AutoCloseable {
  private final List<String> keys = IntStream.range(0, 64).mapToObj(i -> "k" + i).toList();

  private final AtomicLong reads = new AtomicLong();
  private final AtomicLong durable = new AtomicLong();
  private final Peer writer;
  private final Peer reader;
  private final Database database;
  private final Map<String, ConcurrentSkipListMap<Integer, Long>> promises =
      new ConcurrentHashMap<>();
  private final AtomicLong stalestNanos = new AtomicLong();
  private final ReentrantLock writing = new ReentrantLock();
  private final List<CompletableFuture<Void>> work;
  private volatile boolean stopped;

  StaleWatch(Peer writer, Peer reader, Database database, long seed) {
    this.writer = writer;
    this.reader = reader;
    this.database = database;
    keys.forEach(key -> database.rows.put(key, "0"));
    keys.forEach(key -> promises.put(key, new ConcurrentSkipListMap<>()));
    this.work =
        List.of(loop(new Random(seed), this::change), loop(new Random(seed + 1), this::read));
  }

  /** Does something while nothing is changed. */
  void quietly(Runnable what) {
    writing.lock();
    try {
      what.run();
    } finally {
      writing.unlock();
    }
  }

  /** Waits for so many more reads, and changes that Redis acknowledged. */
  void awaitReadsAndChanges(int many) {
    long enoughReads = reads.get() + many;
    long enoughChanges = durable.get() + many;
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> reads.get() >= enoughReads && durable.get() >= enoughChanges);
  }

  /** Ends reading and writing, and says how it was; throws what a read or a change threw. */
  Duration stalest() {
    stopped = true;
    work.forEach(CompletableFuture::join);
    return Duration.ofNanos(stalestNanos.get());
  }

  /** Waits until every key is read as it is in the database, on both nodes. */
  void awaitConverged() {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              for (String key : keys) {
                assertThat(reader.cache().get(key).value()).isEqualTo(database.rows.get(key));
                assertThat(writer.cache().get(key).value()).isEqualTo(database.rows.get(key));
              }
            });
  }

  @Override
  public void close() {
    stopped = true;
  }

  private CompletableFuture<Void> loop(Random random, Consumer<String> step) {
    return Caches.inThread(
        () -> {
          while (!stopped) {
            step.accept(keys.get(random.nextInt(keys.size())));
            LockSupport.parkNanos(500_000);
          }
          return null;
        });
  }

  private void change(String key) {
    writing.lock();
    try {
      int version = Integer.parseInt(database.rows.getOrDefault(key, "0")) + 1;
      database.rows.put(key, Integer.toString(version));
      if (writer.cache().invalidate(key).reach() == Reach.REDIS) {
        durable.incrementAndGet();
        promises.get(key).put(version, System.nanoTime());
      }
    } finally {
      writing.unlock();
    }
  }

  private void read(String key) {
    long asked = System.nanoTime();
    int answer = Integer.parseInt(reader.cache().get(key).value());
    reads.incrementAndGet();
    Map.Entry<Integer, Long> newer = promises.get(key).higherEntry(answer);
    if (newer != null) {
      stalestNanos.accumulateAndGet(asked - newer.getValue(), Math::max);
    }
  }
}
