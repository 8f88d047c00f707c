package io.spinforge.health.registry.store;

/** Which entry, and who claims to own it. */
public record Lease(String id, String nonce) {}
