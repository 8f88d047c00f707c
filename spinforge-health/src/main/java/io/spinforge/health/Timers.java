package io.spinforge.health;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Slots by the time at which they are due: a binary heap in which each slot knows its place, so
 * that moving or removing one is O(log n) and needs no search. The times stand beside the slots in
 * an array of their own: a comparison looks at no slot, of which there are more than a cache holds.
 */
final class Timers<T> {
  private final List<Slot<T>> heap = new ArrayList<>();
  private long[] dues = new long[16];

  /** Returns the slot that is due first, or null. */
  @Nullable Slot<T> first() {
    return heap.isEmpty() ? null : heap.get(0);
  }

  /** Adds a slot or moves it to another time. */
  void set(Slot<T> slot, long due) {
    slot.due = due;
    int place = slot.place;
    if (place < 0) {
      place = heap.size();
      heap.add(slot);
      if (place == dues.length) {
        dues = Arrays.copyOf(dues, 2 * place);
      }
    }
    move(slot, place);
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
      move(moved, place);
    }
  }

  int size() {
    return heap.size();
  }

  /** Puts a slot where its time belongs, from a place that is free for it. */
  private void move(Slot<T> slot, int from) {
    int place = down(up(from, slot.due), slot.due);
    put(slot, slot.due, place);
  }

  private int up(int from, long due) {
    int place = from;
    while (place > 0) {
      int parent = (place - 1) / 2;
      if (dues[parent] - due <= 0) {
        break;
      }
      put(heap.get(parent), dues[parent], place);
      place = parent;
    }
    return place;
  }

  private int down(int from, long due) {
    int place = from;
    int size = heap.size();
    for (int child = 2 * place + 1; child < size; child = 2 * place + 1) {
      if (child + 1 < size && dues[child + 1] - dues[child] < 0) {
        child++;
      }
      if (due - dues[child] <= 0) {
        break;
      }
      put(heap.get(child), dues[child], place);
      place = child;
    }
    return place;
  }

  private void put(Slot<T> slot, long due, int place) {
    heap.set(place, slot);
    dues[place] = due;
    slot.place = place;
  }
}
