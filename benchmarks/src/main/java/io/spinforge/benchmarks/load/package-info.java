/**
 * The load lab: an open-loop driver that asks by schedule and times every request from when it was
 * due, so that a stall of the service shows in the percentiles instead of slowing the questions
 * down.
 */
@NullMarked
package io.spinforge.benchmarks.load;

import org.jspecify.annotations.NullMarked;
