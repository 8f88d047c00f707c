package io.spinforge.benchmarks.trials;

import io.spinforge.testkit.RedisServer;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Stops Redis (SIGSTOP) under an instance that answers ten thousand reads a second and invalidates,
 * and lets it go on a minute later: what failed, what the heap grew by, and whether the other
 * instance sees every invalidation of that minute.
 *
 * <pre>
 * java -Xmx512m -cp benchmarks/target/benchmarks.jar \
 *     io.spinforge.benchmarks.trials.Outage [seconds, default 60] [reads a second, default 10000]
 * </pre>
 */
public final class Outage implements AutoCloseable {

  private static final int KEYS = 10_000;
  private static final int TICKS_A_SECOND = 100;
  private static final long MOST_GROWTH = 10L << 20;

  private final RedisServer redis = RedisServer.start();
  private final Versions database = new Versions();
  private final Instance instance = Instance.start(redis.port(), database::read);
  private final Instance other = Instance.start(redis.port(), database::read);
  private final AtomicLong reads = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong slowest = new AtomicLong();
  private final AtomicReference<@Nullable RuntimeException> first = new AtomicReference<>();
  private final Random random = new Random(1);

  private Outage() {}

  /**
   * What was seen.
   *
   * @param reads how many reads were made
   * @param failed how many of them threw
   * @param firstFailure what the first one threw, or null
   * @param slowest the slowest read
   * @param heapGrowth bytes in use after a collection at the end of the outage, less those before
   * @param replayed invalidations that Redis got after the outage
   * @param wrong keys of which the other instance had an old value after that
   */
  record Seen(
      long reads,
      long failed,
      @Nullable RuntimeException firstFailure,
      Duration slowest,
      long heapGrowth,
      long replayed,
      long wrong) {

    boolean isKept() {
      return failed == 0 && wrong == 0 && replayed > 0 && heapGrowth <= MOST_GROWTH;
    }
  }

  /** Runs the trial; exits with 1 if a read failed, the heap grew too much or a value is old. */
  public static void main(String[] args) {
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
    int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 60;
    int rate = args.length > 1 ? Integer.parseInt(args[1]) : 10_000;
    Seen seen = run(seconds, rate);
    System.out.println(seen);
    System.exit(seen.isKept() ? 0 : 1);
  }

  static Seen run(int seconds, int rate) {
    try (Outage trial = new Outage()) {
      return trial.play(seconds, rate);
    }
  }

  private Seen play(int seconds, int rate) {
    Patience.until("both are live", () -> instance.isLive() && other.isLive());
    for (int i = 0; i < KEYS; i++) {
      instance.get(key(i));
      other.get(key(i));
    }
    serve(5, rate); // compiled, and every buffer grown
    long before = heapInUse();
    redis.pause();
    serve(seconds, rate);
    long after = heapInUse();
    redis.resume();
    Patience.until("all is through", () -> isThrough(instance) && isThrough(other));
    long replayed = instance.manager.stats().redis().orElseThrow().replayedInvalidations();
    long wrong = 0;
    for (int i = 0; i < KEYS; i++) {
      wrong += database.isCurrent(key(i), other.get(key(i))) ? 0 : 1;
    }
    return new Seen(
        reads.get(),
        failed.get(),
        first.get(),
        Duration.ofNanos(slowest.get()),
        after - before,
        replayed,
        wrong);
  }

  /** Reads so many times a second, in bursts of a hundredth, and invalidates once in each. */
  private void serve(int seconds, int rate) {
    long start = System.nanoTime();
    for (int tick = 0; tick < seconds * TICKS_A_SECOND; tick++) {
      String changed = key(random.nextInt(KEYS));
      database.change(changed);
      instance.cache.invalidate(changed);
      for (int i = 0; i < rate / TICKS_A_SECOND; i++) {
        read(key(random.nextInt(KEYS)));
      }
      long due = start + (tick + 1) * (1_000_000_000L / TICKS_A_SECOND);
      Patience.pause(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
    }
  }

  private void read(String key) {
    long asked = System.nanoTime();
    reads.incrementAndGet();
    try {
      instance.get(key);
    } catch (RuntimeException e) {
      failed.incrementAndGet();
      first.compareAndSet(null, e);
    }
    slowest.accumulateAndGet(System.nanoTime() - asked, Math::max);
  }

  private static boolean isThrough(Instance instance) {
    return instance.isLive() && instance.manager.health().queuedInvalidations() == 0;
  }

  private static long heapInUse() {
    System.gc();
    Patience.pause(Duration.ofMillis(200));
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static String key(int i) {
    return "product:" + i;
  }

  @Override
  public void close() {
    other.close();
    instance.close();
    redis.close();
  }
}
