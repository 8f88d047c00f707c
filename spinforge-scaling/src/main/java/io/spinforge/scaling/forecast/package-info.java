/**
 * The members of the forecast, one file each, and what weighs them. Plain arithmetic on a grid of
 * cells: nothing here reads a clock or starts a thread, and equal inputs give equal bits.
 */
@NullMarked
package io.spinforge.scaling.forecast;

import org.jspecify.annotations.NullMarked;
