/**
 * What can be scaled.
 *
 * <p>{@link io.spinforge.scaling.target.ProcessPoolTarget} runs worker processes on this machine;
 * {@link io.spinforge.scaling.target.ThreadPoolTarget} resizes a thread pool and {@link
 * io.spinforge.scaling.target.HikariPoolTarget} one of connections; {@link
 * io.spinforge.scaling.target.KubernetesTarget} scales what Kubernetes runs, {@link
 * io.spinforge.scaling.target.DockerSwarmTarget} what Docker Swarm runs.
 */
@NullMarked
package io.spinforge.scaling.target;

import org.jspecify.annotations.NullMarked;
