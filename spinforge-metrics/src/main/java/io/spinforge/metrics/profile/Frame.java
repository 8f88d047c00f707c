package io.spinforge.metrics.profile;

import java.util.LinkedHashMap;
import java.util.Map;

/** A method as called from the frame above, in a tree of stacks. Not thread-safe. */
final class Frame {
  final String name;
  final Map<String, Frame> children = new LinkedHashMap<>();
  long samples;

  /** Samples in which this frame was on top. */
  long own;

  Frame(String name) {
    this.name = name;
  }

  Frame child(String child) {
    return children.computeIfAbsent(child, Frame::new);
  }
}
