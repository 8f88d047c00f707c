package io.spinforge.health.registry;

/** Why a watcher's list may hold instances that the store does not vouch for right now. */
public enum Protection {
  /** The list is what the store says. */
  NONE,
  /** The store does not answer: the last list is kept. */
  STORE_AWAY,
  /** The store lost its data: the last list is kept while the owners register again. */
  REFILLING,
  /**
   * Nobody reached the store for a while, or it began anew with owners that stood there before: it
   * removes no one until owners had one lease's time, or two.
   */
  GRACE,
  /** Too many leases ended at once: those instances stay in the list, as suspects. */
  MASS_EXPIRY
}
