package io.spinforge.health;

import java.time.Duration;
import java.time.InstantSource;

/** The settings of a checker, defaults filled in. */
record Rules(
    Duration interval,
    Duration timeout,
    Duration fastInterval,
    int rise,
    int fall,
    double jitter,
    double panicBelow,
    Duration firstHold,
    Duration longestHold,
    int localHealth,
    long seed,
    InstantSource clock) {}
