package io.spinforge.health.registry;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Gauges of one service that is watched or registered by a registry.
 *
 * @param watched whether its list is known here
 * @param instances instances in that list, the draining ones included; 0 if it is not watched
 * @param registrations open registrations of this registry
 * @param heartbeatAge time since the store last renewed a lease of these registrations, of the one
 *     for which that is longest ago; null if none of them ever stood in the store
 */
public record ServiceStats(
    boolean watched, int instances, int registrations, @Nullable Duration heartbeatAge) {}
