package io.spinforge.cache;

/** What a read does with an entry in memory that can no longer be proven, Redis being away. */
public enum WhenDetached {
  /** Asks the loader: never staler than {@code maxStaleness}, at the loader's cost. The default. */
  LOAD,
  /** Serves the entry until its freshness ends, marked {@link State#STALE_PARTITIONED}. */
  SERVE_STALE
}
