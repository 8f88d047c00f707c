package io.spinforge.health.registry.store;

/**
 * What an owner wants to stand in the store.
 *
 * @param id of the entry
 * @param nonce names the owner; without a colon
 * @param status one letter
 * @param payload opaque
 * @param ttlMillis how long the lease runs without a heartbeat
 * @param takeOver whether another owner's running lease is no obstacle
 * @param again whether the owner stood here before, and its entry is gone
 */
public record Claim(
    String id,
    String nonce,
    char status,
    String payload,
    long ttlMillis,
    boolean takeOver,
    boolean again) {

  /** Claims an entry for an owner that is new. */
  public Claim(
      String id, String nonce, char status, String payload, long ttlMillis, boolean takeOver) {
    this(id, nonce, status, payload, ttlMillis, takeOver, false);
  }
}
