/**
 * Autoscaling: the right number of instances, decided by code that says why.
 *
 * <p>{@link io.spinforge.scaling.Autoscaler} reads its {@link io.spinforge.scaling.Signal signals},
 * turns them into proposals, passes those through stabilization, rate policies and limits, and asks
 * a {@link io.spinforge.scaling.ScaleTarget} for the number. Every step of that way stands in the
 * {@link io.spinforge.scaling.Decision}.
 */
@NullMarked
package io.spinforge.scaling;

import org.jspecify.annotations.NullMarked;
