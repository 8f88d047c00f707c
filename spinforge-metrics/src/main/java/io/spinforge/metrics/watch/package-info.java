/** What notices that something takes long: the running operations, and a limit on log lines. */
@NullMarked
package io.spinforge.metrics.watch;

import org.jspecify.annotations.NullMarked;
