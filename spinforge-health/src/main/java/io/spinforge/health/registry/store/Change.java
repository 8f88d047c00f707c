package io.spinforge.health.registry.store;

import org.jspecify.annotations.Nullable;

/**
 * One step of a service's history.
 *
 * @param revision its number; the first is 1, and none is left out
 * @param id of the entry
 * @param entry what it became; null if it was removed
 */
public record Change(long revision, String id, @Nullable Entry entry) {}
