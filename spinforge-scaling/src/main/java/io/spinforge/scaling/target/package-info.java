/**
 * What can be scaled.
 *
 * <p>{@link io.spinforge.scaling.target.ProcessPoolTarget} runs worker processes on this machine.
 */
@NullMarked
package io.spinforge.scaling.target;

import org.jspecify.annotations.NullMarked;
