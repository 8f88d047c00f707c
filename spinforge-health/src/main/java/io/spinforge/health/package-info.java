/**
 * Active health checks: which targets are fit for traffic.
 *
 * <p>{@link io.spinforge.health.HealthChecker} is the door; {@code io.spinforge.health.probe} holds
 * the checks it can run.
 */
@NullMarked
package io.spinforge.health;

import org.jspecify.annotations.NullMarked;
