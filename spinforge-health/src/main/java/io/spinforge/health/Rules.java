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
    long seed,
    InstantSource clock) {}
