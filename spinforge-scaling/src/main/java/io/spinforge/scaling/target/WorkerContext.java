package io.spinforge.scaling.target;

/**
 * What a worker process is started with. Immutable.
 *
 * @param slot place in the pool, from 0; a replacement takes the place of the one it replaces
 * @param id unique over the life of the pool: its name and a running number
 * @param port a port that was free on this machine a moment ago, and is given to no other worker
 */
public record WorkerContext(int slot, String id, int port) {}
