package io.spinforge.scaling.history;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;

/** A history in sorted maps: what the others are compared with. Thread-safe by one lock. */
final class MemoryHistory implements HistoryStore {
  private static final Comparator<Key> ORDER =
      Comparator.comparingInt(Key::step).thenComparing(Key::time);

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Shelf> shelves = new HashMap<>();

  private record Key(int step, Instant time) {}

  private static final class Shelf {
    final NavigableMap<Key, Point> points = new TreeMap<>(ORDER);
    final NavigableMap<Instant, StoredDecision> decisions = new TreeMap<>();
    final List<Note> notes = new ArrayList<>();
    final NavigableSet<Start> starts =
        new TreeSet<>(Comparator.comparing(Start::ready).thenComparing(Start::took));

    List<Point> of(Steps steps) {
      return points.values().stream().filter(steps::holds).toList();
    }

    void put(Point point) {
      points.put(new Key((int) point.step().toSeconds(), point.time()), point);
    }
  }

  private Shelf shelf(String scaler) {
    return shelves.computeIfAbsent(scaler, name -> new Shelf());
  }

  @Override
  public void write(String scaler, Batch batch) {
    lock.lock();
    try {
      Shelf shelf = shelf(scaler);
      batch.points().forEach(shelf::put);
      batch.decisions().forEach(d -> shelf.decisions.put(d.time(), d));
      for (Note note : batch.notes()) {
        if (!shelf.notes.contains(note)) {
          shelf.notes.add(note);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<Point> points(String scaler, Instant from, Instant until) {
    lock.lock();
    try {
      return Steps.finest(
          shelf(scaler).points.values().stream()
              .filter(p -> !p.time().isBefore(from) && p.time().isBefore(until))
              .toList());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<StoredDecision> decisions(String scaler, Instant from, Instant until, int limit) {
    lock.lock();
    try {
      return shelf(scaler).decisions.subMap(from, until).values().stream().limit(limit).toList();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<Note> notes(String scaler, Instant from, Instant until) {
    lock.lock();
    try {
      return shelf(scaler).notes.stream()
          .filter(note -> note.from().isBefore(until) && note.until().isAfter(from))
          .sorted(Comparator.comparing(Note::from).thenComparing(Note::until))
          .toList();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void writeStarts(String scaler, List<Start> starts) {
    lock.lock();
    try {
      NavigableSet<Start> known = shelf(scaler).starts;
      known.addAll(starts);
      while (known.size() > STARTS) {
        known.pollFirst();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<Start> starts(String scaler) {
    lock.lock();
    try {
      return List.copyOf(shelf(scaler).starts);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void rollUp(String scaler, Instant now, Instant since) {
    lock.lock();
    try {
      Shelf shelf = shelf(scaler);
      roll(shelf, Steps.MINUTES, Steps.FIVE_MINUTES, now, since);
      roll(shelf, Steps.FIVE_MINUTES, Steps.HOURS, now, since);
      for (Steps steps : Steps.values()) {
        List<Instant> times =
            shelf.of(steps).stream().map(Point::time).sorted(Comparator.reverseOrder()).toList();
        Instant oldest = oldest(times, steps.usual(), steps.kept, now);
        shelf.points.values().removeIf(p -> steps.holds(p) && p.time().isBefore(oldest));
      }
      List<Instant> times = new ArrayList<>(shelf.decisions.descendingKeySet());
      shelf
          .decisions
          .headMap(oldest(times, Steps.MINUTES.usual(), HistoryStore.MINUTES, now))
          .clear();
      Instant oldest = now.minus(HistoryStore.HOURS);
      shelf.notes.removeIf(note -> note.until().isBefore(oldest) && shelf.notes.size() > 1000);
    } finally {
      lock.unlock();
    }
  }

  private static void roll(Shelf shelf, Steps from, Steps to, Instant now, Instant since) {
    long first = Math.floorDiv(since.getEpochSecond(), (long) to.from) * to.from;
    long end = Math.floorDiv(now.getEpochSecond(), (long) to.from) * to.from;
    List<Point> fine =
        shelf.of(from).stream()
            .filter(p -> p.time().getEpochSecond() >= first && p.time().getEpochSecond() < end)
            .toList();
    Steps.join(fine, to.from).forEach(shelf::put);
  }

  private static Instant oldest(List<Instant> newestFirst, int count, Duration kept, Instant now) {
    if (newestFirst.size() <= count) {
      return Instant.MIN;
    }
    Instant byCount = newestFirst.get(count - 1);
    Instant byAge = now.minus(kept);
    return byCount.isBefore(byAge) ? byCount : byAge;
  }
}
