package io.spinforge.scaling.lease;

import static java.util.Objects.requireNonNull;

import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.RedisClusterClient;
import java.time.Duration;
import java.util.OptionalLong;
import javax.sql.DataSource;

/**
 * Who of several schedulers acts. Implemented by the host or taken from here; one for each
 * autoscaler, not shared. Implementations are thread-safe.
 *
 * <p>Those from here elect as Kubernetes' client-go does: no clock is compared with that of another
 * machine. Who holds the lease changes its record every {@link #pause 2 s}, and stops to act when
 * no change went through for 10 s of its own monotonic clock, counted from before the request; who
 * wants it takes it when it has seen the record unchanged for 15 s of its own. The five seconds
 * between are for clocks that run at different speeds and for writes under way.
 *
 * <p>What no clock can do is stop a write that was on its way when the process was suspended: for
 * that there is the fence. It grows with every new holder and goes with each write to the target,
 * which refuses one that is lower than it has seen.
 */
public interface LeaderLease {
  /**
   * Returns the fence while this process holds the lease for certain, empty otherwise. Never
   * blocks.
   */
  OptionalLong fence();

  /**
   * Tries once to get or to keep the lease. May block, for some seconds at most. Called every
   * {@link #pause} by a thread of the autoscaler.
   *
   * @throws Exception if there was no answer; {@link #fence} says what that means
   */
  void renew() throws Exception;

  /**
   * Gives the lease back, so that another one need not wait, and lets go of connections; {@link
   * #renew} begins anew.
   */
  void release() throws Exception;

  /** Returns the time between two calls of {@link #renew}; 2 s. */
  default Duration pause() {
    return Duration.ofSeconds(2);
  }

  /**
   * Returns a lease in PostgreSQL or H2, in a table {@code spinforge_lease} that it makes by
   * itself. The fence is a column of it and grows by one, over restarts of the database too. Not
   * connected before the first {@link #renew}.
   *
   * @param source of the host's, never closed
   * @param name what the schedulers agree on, 1 to 128 of A-Z a-z 0-9 . _ -
   */
  static LeaderLease jdbc(DataSource source, String name) {
    return new Elector(new JdbcRegister(requireNonNull(source, "source"), Names.check(name)));
  }

  /**
   * Returns a lease in Redis, in the hash {@code spinforge:lease:<name>}. The fence begins with the
   * server's time in microseconds, so that it grows even if Redis has lost its data; as long as the
   * server's clock does not go back by more than has passed since. If the data is lost, by a
   * restart without persistence or by a replica that takes over behind its primary, those who knew
   * of a holder wait 15 s before they take it; one that starts just then does not, and for up to 10
   * s two may act: then the fence decides, where the target keeps it. Not connected before the
   * first {@link #renew}.
   *
   * @param client of the host's, never closed
   * @param name what the schedulers agree on, 1 to 128 of A-Z a-z 0-9 . _ -
   */
  static LeaderLease redis(RedisClient client, String name) {
    requireNonNull(client, "client");
    return new Elector(new RedisRegister(() -> RedisLine.of(client), Names.check(name)));
  }

  /** Returns the same in Redis Cluster. */
  static LeaderLease redis(RedisClusterClient client, String name) {
    requireNonNull(client, "client");
    return new Elector(new RedisRegister(() -> RedisLine.of(client), Names.check(name)));
  }
}
