/**
 * What an autoscaler remembers beyond its own life: {@link
 * io.spinforge.scaling.history.HistoryStore}, in memory, in a file or in a database.
 */
@NullMarked
package io.spinforge.scaling.history;

import org.jspecify.annotations.NullMarked;
