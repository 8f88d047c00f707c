/**
 * Numbers a host can act on: meters for every SpinForge component, HTTP metrics, performance goals
 * judged live, and a scrape endpoint. {@link io.spinforge.metrics.SpinForgeMetrics} and {@link
 * io.spinforge.metrics.HttpMetrics} are the ways in.
 */
@NullMarked
package io.spinforge.metrics;

import org.jspecify.annotations.NullMarked;
