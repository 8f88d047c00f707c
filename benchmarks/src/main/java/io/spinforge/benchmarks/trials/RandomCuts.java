package io.spinforge.benchmarks.trials;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.spinforge.cache.Invalidation;
import io.spinforge.cache.Reach;
import io.spinforge.cache.Source;
import io.spinforge.testkit.FaultProxy;
import io.spinforge.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Cuts an instance off its Redis again and again, each time in a way and for a time that the seed
 * chooses, while another instance changes the database and invalidates. Every answer of the first
 * is held against an oracle that knows when each version was promised to everybody.
 *
 * <pre>
 * java -cp benchmarks/target/benchmarks.jar \
 *     io.spinforge.benchmarks.trials.RandomCuts [cuts, default 1000] [seed]
 * </pre>
 */
public final class RandomCuts implements AutoCloseable {

  private static final List<Cut> CUTS = List.of(Cut.values());
  private static final List<String> HOT = names("hot", 50);
  private static final List<String> COLD = names("cold", 500);

  /** The default. */
  private static final int PARTITIONS = 16;

  /** One for commands and one to read the log. */
  private static final int CONNECTIONS = 2;

  private static final Duration LONGEST_CUT = Duration.ofSeconds(3);
  private static final Duration BETWEEN_CHANGES = Duration.ofMillis(5);
  private static final Duration BETWEEN_READS = Duration.ofMillis(1);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(2);

  private final RedisServer redis = RedisServer.start();
  private final FaultProxy proxy = FaultProxy.to(redis.port());
  private final RedisClient admin = RedisClient.create(Instance.uri(redis.port()));
  private final StatefulRedisConnection<String, String> adminConnection = admin.connect();
  private final Cut.Scene scene = new Cut.Scene(redis, proxy, adminConnection.sync());
  private final Versions database = new Versions();
  private final Instance victim = Instance.start(proxy.port(), database::read);
  private final Instance writer = Instance.start(redis.port(), database::read);
  private final CutReport report = new CutReport();
  private final Random random;
  private final Duration longestCut;

  private RandomCuts(Duration longestCut, long seed) {
    this.longestCut = longestCut;
    random = new Random(seed);
  }

  /** Runs the trial and prints what was seen; exits with 1 if the bound was broken. */
  public static void main(String[] args) {
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
    int cuts = args.length > 0 ? Integer.parseInt(args[0]) : 1_000;
    long seed = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime();
    System.out.println(cuts + " cuts, seed " + seed);
    CutReport report = run(cuts, LONGEST_CUT, seed);
    report.lines().forEach(System.out::println);
    System.exit(report.isKept(Duration.ZERO) ? 0 : 1);
  }

  /** Plays so many cuts and returns what was seen. */
  static CutReport run(int cuts, Duration longestCut, long seed) {
    try (RandomCuts trial = new RandomCuts(longestCut, seed)) {
      trial.play(cuts);
      return trial.report;
    }
  }

  private void play(int cuts) {
    COLD.forEach(victim::get);
    Patience.until("the instances are live", () -> victim.isLive() && writer.isLive());
    Random reads = new Random(random.nextLong());
    Loop.beside(
        () -> {
          for (int i = 0; i < cuts; i++) {
            cut(CUTS.get(random.nextInt(CUTS.size())));
          }
        },
        "trial-reader",
        BETWEEN_READS,
        () -> read(reads));
  }

  private void cut(Cut cut) {
    long resets = resets();
    Random changes = new Random(random.nextLong());
    Loop.beside(
        () -> {
          cut.begin(scene, random);
          Patience.pause(Duration.ofMillis(random.nextInt((int) longestCut.toMillis())));
          cut.end(scene);
        },
        "trial-writer",
        BETWEEN_CHANGES,
        () -> change(changes));
    Patience.until("the writer has nothing queued", this::writerIsThrough);
    Patience.until("the victim connects", () -> proxy.connections() >= CONNECTIONS);
    long connected = System.nanoTime();
    Patience.until("every answer is current", this::isConverged, BETWEEN_LOOKS);
    report.converged(cut, System.nanoTime() - connected);
    Patience.until("the victim is live", victim::isLive);
    if (cut.losesNothing()) {
      report.kept(COLD.stream().filter(this::isInMemory).count(), COLD.size());
    } else {
      Patience.until("all memory is void", () -> resets() - resets >= PARTITIONS);
      COLD.forEach(victim::get);
    }
  }

  private long resets() {
    return victim.manager.stats().redis().orElseThrow().logResets();
  }

  private void change(Random choice) {
    String key = HOT.get(choice.nextInt(HOT.size()));
    int version = database.change(key);
    Invalidation invalidation = writer.cache.invalidate(key);
    if (invalidation.reach() == Reach.REDIS) {
      database.acknowledge(key, version, System.nanoTime());
    }
  }

  private void read(Random choice) {
    String key = HOT.get(choice.nextInt(HOT.size()));
    long asked = System.nanoTime();
    try {
      String answer = victim.get(key);
      report.answered(database.staleness(key, answer, asked), System.nanoTime() - asked);
    } catch (RuntimeException e) {
      report.failed(e);
    }
  }

  private boolean writerIsThrough() {
    return writer.isLive() && writer.manager.health().queuedInvalidations() == 0;
  }

  private boolean isConverged() {
    return HOT.stream().allMatch(key -> database.isCurrent(key, victim.get(key)));
  }

  private boolean isInMemory(String key) {
    return victim.cache.get(key).source() == Source.MEMORY;
  }

  @Override
  public void close() {
    victim.close();
    writer.close();
    adminConnection.close();
    admin.shutdown();
    proxy.close();
    redis.close();
  }

  private static List<String> names(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
  }
}
