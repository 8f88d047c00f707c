package io.spinforge.benchmarks.sim.cache;

import io.spinforge.benchmarks.sim.cache.VirtualTime.Event;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The events to come, soonest first: a binary heap that compares fields, as the simulation spends a
 * good part of its time here.
 */
final class EventQueue {
  private @Nullable Event[] heap = new Event[256];
  private int size;

  @Nullable Event peek() {
    return heap[0];
  }

  void add(Event event) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, 2 * size);
    }
    int i = size++;
    while (i > 0) {
      int parent = (i - 1) >>> 1;
      Event above = at(parent);
      if (!event.isBefore(above)) {
        break;
      }
      heap[i] = above;
      i = parent;
    }
    heap[i] = event;
  }

  /** Removes the soonest. */
  void remove() {
    Event last = at(--size);
    heap[size] = null;
    if (size == 0) {
      return;
    }
    int i = 0;
    for (int child = 1; child < size; child = 2 * i + 1) {
      if (child + 1 < size && at(child + 1).isBefore(at(child))) {
        child++;
      }
      Event below = at(child);
      if (!below.isBefore(last)) {
        break;
      }
      heap[i] = below;
      i = child;
    }
    heap[i] = last;
  }

  private Event at(int i) {
    Event event = heap[i];
    if (event == null) {
      throw new IllegalStateException("no event at " + i);
    }
    return event;
  }
}
