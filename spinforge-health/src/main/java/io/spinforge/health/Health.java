package io.spinforge.health;

import io.spinforge.health.probe.ProbeResult;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a checker knows of one target. Immutable.
 *
 * @param status its status
 * @param drained whether it is being drained
 * @param failures failures in a row since it was last fit; counts up to {@code fall}
 * @param passes passed probes in a row since it became unhealthy; counts up to {@code rise}
 * @param last the last result; null before the first
 * @param duration how long the last probe took; zero before the first
 */
public record Health(
    Status status,
    boolean drained,
    int failures,
    int passes,
    @Nullable ProbeResult last,
    Duration duration) {}
