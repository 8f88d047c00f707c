package io.spinforge.metrics.page;

import java.util.List;

/**
 * One part of the page. Sampled and rendered by one thread at a time, under the page's lock; may
 * throw, which is shown in its place.
 */
interface Panel extends AutoCloseable {
  /** Returns the id of its section: letters, digits and hyphens. */
  String id();

  /** Returns its heading. */
  String title();

  /** Takes a look at its component. */
  void sample();

  /** Returns what is wrong there; empty if all is well. */
  List<Reason> reasons();

  /** Writes what it saw. */
  void render(Html out);

  @Override
  default void close() {
    // Most hold nothing.
  }
}
