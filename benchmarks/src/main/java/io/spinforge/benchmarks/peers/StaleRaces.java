package io.spinforge.benchmarks.peers;

import io.spinforge.testkit.FaultProxy;
import io.spinforge.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.redisson.api.options.LocalCachedMapOptions.ReconnectionStrategy;

/**
 * Two races that every cache over memory and Redis runs in production, for ours and for others, on
 * one real Redis:
 *
 * <ol>
 *   <li><em>Invalidate during load</em>: a node reads the old value from the source, the source
 *       changes, another node invalidates the key, and then the slow load returns.
 *   <li><em>Subscriber cut</em>: a node has the value in memory; its connections break for half a
 *       second, in which another node invalidates the key.
 * </ol>
 *
 * <p>After each, both nodes are read for ten seconds: an old value that is still answered then
 * stays until its time to live. Prints a table, takes about a minute and a half, and exits with 1
 * if ours answered an old value for longer than its bound (two seconds).
 *
 * <pre>java -cp benchmarks/target/benchmarks.jar io.spinforge.benchmarks.peers.StaleRaces</pre>
 */
public final class StaleRaces {

  /** {@code maxStaleness} of the cache under test, and half a second for a busy machine. */
  private static final Duration OURS_AT_MOST = Duration.ofMillis(2_500);

  private static final Duration WATCH = Duration.ofSeconds(10);

  private StaleRaces() {}

  /** Plays both races for each contender and prints what was seen. */
  public static void main(String[] args) {
    // Every contender logs the cut that it is meant to suffer.
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
    Contender ours = Contender.spinForge();
    List<Contender> contenders =
        List.of(
            ours,
            Contender.jetCache(),
            Contender.redisson(ReconnectionStrategy.NONE),
            Contender.redisson(ReconnectionStrategy.CLEAR));
    boolean kept = true;
    try (RedisServer redis = RedisServer.start();
        FaultProxy proxy = FaultProxy.to(redis.port())) {
      for (Contender contender : contenders) {
        Race race = new Race(contender, redis, proxy, WATCH);
        Staleness load = race.invalidateDuringLoad();
        print(contender.title(), "invalidate during load", load);
        Staleness cut = race.subscriberCut();
        print(contender.title(), "subscriber cut", cut);
        kept &= !contender.equals(ours) || (isBounded(load) && isBounded(cut));
      }
    }
    System.exit(kept ? 0 : 1);
  }

  private static boolean isBounded(Staleness staleness) {
    return staleness.longest().compareTo(OURS_AT_MOST) <= 0;
  }

  private static void print(String who, String race, Staleness staleness) {
    System.out.printf(
        Locale.ROOT,
        "%-26s %-24s old answers at the end: %2d of %2d keys; longest after the invalidation:"
            + " %s%n",
        who,
        race,
        staleness.atTheEnd(),
        staleness.keys(),
        staleness.describeLongest());
  }
}
