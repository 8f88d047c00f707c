package io.spinforge.cache;

/** Tells where a value came from. */
public enum Source {
  /** This process's memory. */
  MEMORY,
  /** Redis, in one round trip. */
  REDIS,
  /** The loader, just now. */
  FRESH
}
