package io.spinforge.cache;

/** Which node asked for an invalidation. */
public enum Origin {
  /** This one. */
  LOCAL,
  /** Another one. */
  REMOTE
}
