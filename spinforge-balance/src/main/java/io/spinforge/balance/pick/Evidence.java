package io.spinforge.balance.pick;

/** What the end of a request says about the node that served it. */
public enum Evidence {
  /** It answered, and this is how long it takes. */
  GOOD,
  /** It failed; how fast it did so is no merit. */
  BAD,
  /** Someone stopped waiting: it takes at least this long. */
  SLOW,
  /** Nothing. */
  NONE
}
