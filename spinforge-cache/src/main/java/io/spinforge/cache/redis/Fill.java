package io.spinforge.cache.redis;

/** What became of a value that was to be stored. */
public enum Fill {
  /** It is in Redis. */
  STORED,
  /** Redis did not take it: the key was invalidated meanwhile, or the lease had ended. */
  REFUSED,
  /** Redis is away: nobody knows. */
  UNKNOWN
}
