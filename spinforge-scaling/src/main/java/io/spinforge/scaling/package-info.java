/** Autoscaling: the right number of instances, decided by code that says why. */
@NullMarked
package io.spinforge.scaling;

import org.jspecify.annotations.NullMarked;
