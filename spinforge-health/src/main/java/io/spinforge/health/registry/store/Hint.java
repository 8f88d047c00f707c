package io.spinforge.health.registry.store;

/**
 * Notice of a change, as it happens.
 *
 * @param service where
 * @param generation of the service's data
 * @param digest of all entries after the change
 * @param change what
 */
public record Hint(String service, String generation, long digest, Change change) {}
