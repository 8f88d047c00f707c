/**
 * The host's own health, told to whoever asks: named components, groups for liveness and readiness,
 * and an HTTP reply.
 *
 * <p>{@link io.spinforge.health.report.HealthReport} is the door.
 */
@NullMarked
package io.spinforge.health.report;

import org.jspecify.annotations.NullMarked;
