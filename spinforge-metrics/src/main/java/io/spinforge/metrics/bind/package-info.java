/**
 * How each component becomes meters: one file a component, so that the classes of a module that is
 * absent are never loaded. {@link io.spinforge.metrics.bind.Catalogue} lists every meter.
 */
@NullMarked
package io.spinforge.metrics.bind;

import org.jspecify.annotations.NullMarked;
