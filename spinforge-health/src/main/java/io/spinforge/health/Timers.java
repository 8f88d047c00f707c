package io.spinforge.health;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Slots by the time at which they are due: a binary heap in which each slot knows its place, so
 * that moving or removing one is O(log n) and needs no search.
 */
final class Timers<T> {
  private final List<Slot<T>> heap = new ArrayList<>();

  /** Returns the slot that is due first, or null. */
  @Nullable Slot<T> first() {
    return heap.isEmpty() ? null : heap.get(0);
  }

  /** Adds a slot or moves it to another time. */
  void set(Slot<T> slot, long due) {
    slot.due = due;
    if (slot.place < 0) {
      slot.place = heap.size();
      heap.add(slot);
    }
    up(slot);
    down(slot);
  }

  /** Removes a slot; does nothing if it is not there. */
  void remove(Slot<T> slot) {
    int place = slot.place;
    if (place < 0) {
      return;
    }
    slot.place = -1;
    Slot<T> moved = heap.remove(heap.size() - 1);
    if (moved != slot) {
      put(moved, place);
      up(moved);
      down(moved);
    }
  }

  int size() {
    return heap.size();
  }

  private void up(Slot<T> slot) {
    int place = slot.place;
    while (place > 0) {
      int parent = (place - 1) / 2;
      Slot<T> above = heap.get(parent);
      if (above.due - slot.due <= 0) {
        break;
      }
      put(above, place);
      place = parent;
    }
    put(slot, place);
  }

  private void down(Slot<T> slot) {
    int place = slot.place;
    int size = heap.size();
    for (int child = 2 * place + 1; child < size; child = 2 * place + 1) {
      if (child + 1 < size && heap.get(child + 1).due - heap.get(child).due < 0) {
        child++;
      }
      Slot<T> below = heap.get(child);
      if (slot.due - below.due <= 0) {
        break;
      }
      put(below, place);
      place = child;
    }
    put(slot, place);
  }

  private void put(Slot<T> slot, int place) {
    heap.set(place, slot);
    slot.place = place;
  }
}
