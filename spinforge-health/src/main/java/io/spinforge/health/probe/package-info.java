/**
 * Descriptions of checks: what is asked of a target and how the answer is judged.
 *
 * <p>A probe holds no sockets and no threads; the checker that is built with it runs it. One probe
 * may serve several checkers.
 */
@NullMarked
package io.spinforge.health.probe;

import org.jspecify.annotations.NullMarked;
