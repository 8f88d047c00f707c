/**
 * What Linux says about the machine and the container, read from {@code /proc} and {@code /sys}.
 */
@NullMarked
package io.spinforge.metrics.system;

import org.jspecify.annotations.NullMarked;
