/**
 * The reactive rules as plain arithmetic: numbers in, a number of instances out.
 *
 * <p>Nothing here reads a clock, a source or a target, and nothing here remembers anything.
 */
@NullMarked
package io.spinforge.scaling.reactive;

import org.jspecify.annotations.NullMarked;
