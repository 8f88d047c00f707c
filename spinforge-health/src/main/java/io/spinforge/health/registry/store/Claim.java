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
 */
public record Claim(
    String id, String nonce, char status, String payload, long ttlMillis, boolean takeOver) {}
