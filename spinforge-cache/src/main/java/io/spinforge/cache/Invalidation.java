package io.spinforge.cache;

/**
 * The outcome of an invalidation. Immutable.
 *
 * @param keys how many keys were invalidated
 * @param reach how far it had come when the call returned; without a Redis layer, this node
 */
public record Invalidation(int keys, Reach reach) {}
