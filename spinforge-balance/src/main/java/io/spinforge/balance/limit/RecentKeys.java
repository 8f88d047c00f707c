package io.spinforge.balance.limit;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * The windows of the clients that were seen lately, in two generations. A client that is seen moves
 * to the young one; when a whole window has passed the old one is dropped, and with it only windows
 * that have run empty. When half of what is allowed is in the young one it turns at once, and may
 * drop some too early: those are counted. Nothing is swept, and a look at a client that is in the
 * young generation is one look into a map.
 */
final class RecentKeys {
  private final int half;
  private final long turn;
  private final AtomicReference<Generations> generations;
  private final LongAdder forgotten = new LongAdder();

  private record Generations(
      ConcurrentHashMap<String, SlidingWindow> young,
      ConcurrentHashMap<String, SlidingWindow> old,
      long bornAt) {}

  RecentKeys(int maxKeys, long windowNanos, long now) {
    half = Math.max(1, maxKeys / 2);
    turn = windowNanos + 2 * (windowNanos / SlidingWindow.SLICES + 1);
    generations =
        new AtomicReference<>(
            new Generations(new ConcurrentHashMap<>(), new ConcurrentHashMap<>(), now));
  }

  SlidingWindow of(String key, long now) {
    while (true) {
      Generations current = generations.get();
      if (now - current.bornAt >= turn) {
        turn(current, now, false);
        continue;
      }
      SlidingWindow known = current.young.get(key);
      if (known != null) {
        return known;
      }
      if (current.young.mappingCount() >= half) {
        turn(current, now, true);
        continue;
      }
      SlidingWindow older = current.old.get(key);
      SlidingWindow mine = older == null ? new SlidingWindow() : older;
      SlidingWindow first = current.young.putIfAbsent(key, mine);
      if (generations.get() == current) {
        return first == null ? mine : first;
      }
      // It turned meanwhile: others may not find what was put, so look again before counting.
    }
  }

  private void turn(Generations current, long now, boolean early) {
    Generations next = new Generations(new ConcurrentHashMap<>(), current.young, now);
    if (generations.compareAndSet(current, next) && early) {
      long lost = 0;
      for (String key : current.old.keySet()) {
        lost += current.young.containsKey(key) ? 0 : 1;
      }
      forgotten.add(lost);
    }
  }

  long size() {
    Generations current = generations.get();
    long size = current.young.mappingCount();
    for (String key : current.old.keySet()) {
      size += current.young.containsKey(key) ? 0 : 1;
    }
    return size;
  }

  long forgotten() {
    return forgotten.sum();
  }
}
