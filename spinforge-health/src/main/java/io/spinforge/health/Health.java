package io.spinforge.health;

import io.spinforge.health.probe.ProbeResult;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a checker knows of one target. Immutable.
 *
 * @param status its status
 * @param drained whether it is being drained
 * @param suspended whether it is not probed at present
 * @param failures failures in a row since it was last fit; counts up to {@code fall}
 * @param passes passed probes in a row since it became unhealthy; counts up to {@code rise}, and on
 *     during a hold
 * @param hold how long, without a break, it must pass its probes to be fit again because it kept
 *     changing; zero: as long as {@code rise} says
 * @param last the last result; null before the first
 * @param duration how long the last probe took; zero before the first
 */
public record Health(
    Status status,
    boolean drained,
    boolean suspended,
    int failures,
    int passes,
    Duration hold,
    @Nullable ProbeResult last,
    Duration duration) {}
