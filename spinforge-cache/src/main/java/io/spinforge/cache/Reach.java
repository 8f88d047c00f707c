package io.spinforge.cache;

/** How far an invalidation has come. Each includes those before it. */
public enum Reach {
  /**
   * This node only: Redis was away. The invalidation is queued and goes to Redis before anything is
   * read from there again.
   */
  THIS_NODE,
  /**
   * Durable in Redis: no node fills an older value any more, live nodes hear it in milliseconds.
   */
  REDIS,
  /**
   * Every node: what none has applied, none believes. Known on request, {@link Invalidation#await}.
   */
  ALL_NODES
}
