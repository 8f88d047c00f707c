/**
 * What runs probes: one thread with one selector, HTTP/1.1 and TCP on it, and adapters for checks
 * that run elsewhere. Knows nothing of targets' states; not exported.
 */
@NullMarked
package io.spinforge.health.engine;

import org.jspecify.annotations.NullMarked;
