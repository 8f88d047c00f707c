package io.spinforge.health.registry;

import java.time.Duration;

/** The options of a registry, checked. */
record Settings(
    String name,
    Duration ttl,
    Duration heartbeat,
    Duration reconcile,
    Duration timeout,
    boolean takeOver) {}
