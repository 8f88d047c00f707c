/** Micrometer meters, goals and the scrape page for the SpinForge components. */
@NullMarked
package io.spinforge.metrics;

import org.jspecify.annotations.NullMarked;
