/**
 * Autoscalers among faults: {@link io.spinforge.benchmarks.sim.scaling.FaultSimulation}, and the
 * rule of Kubernetes' HPA written down a second time to compare with.
 */
@NullMarked
package io.spinforge.benchmarks.sim.scaling;

import org.jspecify.annotations.NullMarked;
