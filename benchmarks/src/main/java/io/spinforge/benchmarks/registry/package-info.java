/** The service registry's goals, measured on real servers, and its simulation. */
@NullMarked
package io.spinforge.benchmarks.registry;

import org.jspecify.annotations.NullMarked;
