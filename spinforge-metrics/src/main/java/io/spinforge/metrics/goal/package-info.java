/** What goals are judged by: a sliding window over requests, and readings of CPU and memory. */
@NullMarked
package io.spinforge.metrics.goal;

import org.jspecify.annotations.NullMarked;
