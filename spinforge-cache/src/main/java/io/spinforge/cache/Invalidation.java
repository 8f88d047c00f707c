package io.spinforge.cache;

/**
 * The outcome of an invalidation. Immutable.
 *
 * @param keys how many keys were invalidated; 0 if it was by tag, pattern or clear
 * @param reach how far it had come when the call returned; without a Redis layer, this node
 */
public record Invalidation(int keys, Reach reach) {}
