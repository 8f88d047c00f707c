package io.spinforge.scaling;

/** Where an instance is in its life, as far as counting it is concerned. */
public enum Phase {
  /** Exists but has never been ready: set aside, because its start is not demand. */
  STARTING,
  /** Takes work: counted. */
  READY,
  /** Was ready and is not now: counted, because its share of the demand has to be done. */
  UNREADY,
  /** Is being removed: left out. */
  STOPPING,
  /** Has ended by itself: left out. */
  FAILED
}
