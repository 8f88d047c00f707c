/** How much above a forecast is enough, learned from how far past forecasts were off. */
@NullMarked
package io.spinforge.scaling.conformal;

import org.jspecify.annotations.NullMarked;
