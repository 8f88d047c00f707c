/** A recording of the JVM as what a person reads: the hottest methods and a flame graph. */
@NullMarked
package io.spinforge.metrics.profile;

import org.jspecify.annotations.NullMarked;
