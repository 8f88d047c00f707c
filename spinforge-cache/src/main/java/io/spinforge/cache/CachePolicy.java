package io.spinforge.cache;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How long values are kept, and what is served when they have expired. A value has up to three
 * lifetimes, one after the other: fresh; stale, served while one refresh runs in the background;
 * and for errors only, served if it cannot be loaded. Not thread-safe: it is used while a builder
 * runs.
 *
 * <p>All of this is about values that <em>expired</em>. One that was invalidated is never served
 * again, whatever the policy.
 */
public final class CachePolicy {
  static final Duration DEFAULT_FRESH_FOR = Duration.ofMinutes(5);
  static final double DEFAULT_JITTER = 0.05;
  static final Duration DEFAULT_THROTTLE = Duration.ofSeconds(5);
  static final Duration SESSION = Duration.ofHours(1);
  static final long UNLIMITED = Long.MAX_VALUE;

  private final Setting<Duration> freshFor = new Setting<>("freshFor");
  private final Setting<Duration> staleFor = new Setting<>("serveStaleFor");
  private final Setting<Duration> onError = new Setting<>("serveStaleOnError");
  private final Setting<Duration> throttle = new Setting<>("throttle");
  private final Setting<RefreshAhead> refreshAhead = new Setting<>("refreshAhead");
  private final Setting<LoadLimits> loadTimeout = new Setting<>("loadTimeout");
  private final Setting<Double> jitter = new Setting<>("jitter");

  CachePolicy() {}

  /**
   * Sets how long a value is good, counted from its load or put, wherever it is kept; at least 1
   * ms; default 5 min. Memory asks Redis again sooner, after {@link MemoryLayer#timeToLive}, but
   * never serves an entry as fresh for longer than this.
   */
  public CachePolicy freshFor(Duration freshFor) {
    this.freshFor.set(Rules.atLeastOneMillisecond("freshFor", freshFor));
    return this;
  }

  /**
   * Sets for how long after its freshness a value is still served at once, marked {@link
   * State#STALE_REVALIDATING}, while one refresh runs in the background; 0 or at least 1 ms;
   * default 0, never. Redis keeps the value that much longer.
   */
  public CachePolicy serveStaleFor(Duration staleFor) {
    this.staleFor.set(Rules.zeroOrMore("serveStaleFor", staleFor));
    return this;
  }

  /** Sets {@link #serveStaleOnError(Duration, Duration)} with a throttle of 5 s. */
  public CachePolicy serveStaleOnError(Duration longest) {
    this.onError.set(Rules.zeroOrMore("serveStaleOnError", longest));
    return this;
  }

  /**
   * Sets for how long after its freshness, and after {@link #serveStaleFor}, a value is served,
   * marked {@link State#STALE_ON_ERROR}, if loading it fails or takes too long; default 0, never.
   * Redis keeps the value that much longer.
   *
   * @param longest 0 or at least 1 ms
   * @param throttle for how long this node then does not try the loader again for that key, at
   *     least 1 ms; exact, without jitter; it also spaces the tries of failing background refreshes
   */
  public CachePolicy serveStaleOnError(Duration longest, Duration throttle) {
    this.onError.set(Rules.zeroOrMore("serveStaleOnError", longest));
    this.throttle.set(Rules.atLeastOneMillisecond("throttle", throttle));
    return this;
  }

  /** Sets when a value that is read is refreshed before its freshness ends; default never. */
  public CachePolicy refreshAhead(RefreshAhead refreshAhead) {
    this.refreshAhead.set(requireNonNull(refreshAhead, "refreshAhead"));
    return this;
  }

  /**
   * Sets how long a read waits for what memory does not have, until it prefers a stale value and
   * until it ends in any case; default without limits. With a limit, Redis is asked and the loader
   * called on the manager's executor, not on the reader's thread; a loader's own reads of other
   * keys run on its thread, within its limit.
   *
   * @throws IllegalArgumentException if the soft limit is not below the hard one
   */
  public CachePolicy loadTimeout(LoadTimeout.Soft soft, LoadTimeout.Hard hard) {
    if (soft.after().compareTo(hard.after()) >= 0) {
      throw Rules.refusal("soft", soft.after(), "below hard, " + hard.after());
    }
    this.loadTimeout.set(new LoadLimits(soft.after().toNanos(), hard.after().toNanos()));
    return this;
  }

  /** Sets a {@linkplain #loadTimeout(LoadTimeout.Soft, LoadTimeout.Hard) load timeout}, soft. */
  public CachePolicy loadTimeout(LoadTimeout.Soft soft) {
    this.loadTimeout.set(new LoadLimits(soft.after().toNanos(), UNLIMITED));
    return this;
  }

  /** Sets a {@linkplain #loadTimeout(LoadTimeout.Soft, LoadTimeout.Hard) load timeout}, hard. */
  public CachePolicy loadTimeout(LoadTimeout.Hard hard) {
    this.loadTimeout.set(new LoadLimits(UNLIMITED, hard.after().toNanos()));
    return this;
  }

  /**
   * Shortens each value's freshness by a random share of up to {@code share}, 0 to 0.9, so that
   * what was loaded together does not end together; default 0.05. Never lengthens it.
   */
  public CachePolicy jitter(double share) {
    if (!(share >= 0 && share <= 0.9)) {
      throw Rules.refusal("jitter", share, "0 to 0.9");
    }
    this.jitter.set(share);
    return this;
  }

  /** Resolves these settings over a manager's. */
  Terms over(CachePolicy manager) {
    LoadLimits none = new LoadLimits(UNLIMITED, UNLIMITED);
    LoadLimits limits = loadTimeout.or(manager.loadTimeout.or(none));
    return new Terms(
        freshFor.or(manager.freshFor.or(DEFAULT_FRESH_FOR)),
        jitter.or(manager.jitter.or(DEFAULT_JITTER)),
        staleFor.or(manager.staleFor.or(Duration.ZERO)).toMillis(),
        onError.or(manager.onError.or(Duration.ZERO)).toMillis(),
        throttle.or(manager.throttle.or(DEFAULT_THROTTLE)).toNanos(),
        refreshAhead.or(manager.refreshAhead.or(RefreshAhead.never())),
        limits.softNanos(),
        limits.hardNanos(),
        false);
  }

  /** Resolves these settings for sessions: a sliding freshness and nothing stale. */
  Terms forSessions(CachePolicy manager) {
    Terms terms = over(manager);
    return new Terms(
        freshFor.or(SESSION),
        0,
        0,
        0,
        terms.throttleNanos(),
        RefreshAhead.never(),
        terms.softNanos(),
        terms.hardNanos(),
        true);
  }

  /**
   * What the settings come to.
   *
   * @param slides whether a read starts the freshness anew
   */
  record Terms(
      Duration freshFor,
      double jitter,
      long staleMillis,
      long onErrorMillis,
      long throttleNanos,
      RefreshAhead refreshAhead,
      long softNanos,
      long hardNanos,
      boolean slides) {

    /** Tells whether reads have a limit. */
    boolean limitsReads() {
      return Math.min(softNanos, hardNanos) < UNLIMITED;
    }
  }

  private record LoadLimits(long softNanos, long hardNanos) {}
}
