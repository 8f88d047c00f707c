package io.spinforge.cache;

/** Tells how good a value was at the moment it was served. */
public enum State {
  /** Within its freshness, and not invalidated as far as Redis had told within the bound. */
  FRESH,
  /**
   * Past its freshness and served at once, within {@link CachePolicy#serveStaleFor}, while it is
   * refreshed in the background; or served because its load goes on beyond the soft timeout.
   */
  STALE_REVALIDATING,
  /**
   * Past its freshness; its last load failed or took too long, and {@link
   * CachePolicy#serveStaleOnError} still lets it be served.
   */
  STALE_ON_ERROR,
  /**
   * Redis could not be reached for longer than {@code maxStaleness}: an invalidation may have been
   * missed. Served only with {@link WhenDetached#SERVE_STALE}.
   */
  STALE_PARTITIONED,
  /** A cached absence: the loader said that there is no value, and for how long to believe it. */
  NEGATIVE
}
