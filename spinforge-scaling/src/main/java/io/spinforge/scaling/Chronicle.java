package io.spinforge.scaling;

import io.spinforge.scaling.history.HistoryStats;
import io.spinforge.scaling.history.HistoryStore;
import io.spinforge.scaling.history.HistoryStore.Batch;
import io.spinforge.scaling.history.HistoryStore.Note;
import io.spinforge.scaling.history.HistoryStore.Point;
import io.spinforge.scaling.history.HistoryStore.Start;
import io.spinforge.scaling.history.HistoryStore.StoredDecision;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * What waits to be written to a history, and what is read from it. Ticks only put things into
 * bounded rings, from which the oldest go when there is no room; everything that may block is in
 * {@link #exchange}, on another thread.
 */
final class Chronicle {
  /** A week of minutes. */
  static final int POINTS = 7 * 1440;

  /** A day of ticks every 30 s. */
  static final int DECISIONS = 2880;

  private static final int NOTES = 1000;
  private static final int BATCH = 500;

  /** Who follows keeps so many, in case the leader ends before it has written its last. */
  private static final int FOLLOWED = 60;

  private static final Duration QUIET = Duration.ofSeconds(30);
  private static final Duration LOOK_BACK = Duration.ofDays(28);
  private static final long UPKEEP = Duration.ofMinutes(5).toNanos();
  private static final long LONGEST_WAIT = Duration.ofMinutes(1).toNanos();

  private final Plan plan;
  private final String text;
  private final HistoryStore store;
  private final Logger log;
  private final LongSupplier ticker;

  /** Guards the rings and counters; held for moments. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Deque<Point> points = new ArrayDeque<>();
  private final Deque<Kept> decisions = new ArrayDeque<>();
  private final Deque<Note> notes = new ArrayDeque<>();
  private final Deque<Start> starts = new ArrayDeque<>();
  private final Set<Note> known = new HashSet<>();
  private long written;
  private long dropped;
  private long failures;
  private boolean away;
  private boolean filled;
  private @Nullable Decision last;

  /** Guards what only {@link #exchange} uses; held while the store answers. */
  private final ReentrantLock exchanging = new ReentrantLock();

  private long upkeepAt;
  private boolean kept;
  private Instant oldest = Instant.MIN;
  private long retryAt;
  private long wait;

  private record Kept(Observation seen, Memory memory, Decision decision) {}

  /** Takes what was read. */
  interface Reader {
    /** Has no use for it. */
    Reader NOBODY =
        new Reader() {
          @Override
          public void fill(List<Point> points) {}

          @Override
          public void starts(List<Start> starts) {}

          @Override
          public void margin(double margin) {}

          @Override
          public void note(TimeRange range, Annotation annotation) {}
        };

    /** Takes demand of the past, oldest first. */
    void fill(List<Point> points);

    /** Takes starts of the past, oldest first. */
    void starts(List<Start> starts);

    /** Takes the margin of removals that was in force last. */
    void margin(double margin);

    /** Takes what was said of a span of time. */
    void note(TimeRange range, Annotation annotation);
  }

  Chronicle(Plan plan, String text, HistoryStore store, Logger log, LongSupplier ticker) {
    this.plan = plan;
    this.text = text;
    this.store = store;
    this.log = log;
    this.ticker = ticker;
  }

  void add(Point point) {
    lock.lock();
    try {
      points.addLast(point);
      trim(points, POINTS);
    } finally {
      lock.unlock();
    }
  }

  void add(Start start) {
    lock.lock();
    try {
      starts.addLast(start);
      trim(starts, HistoryStore.STARTS);
    } finally {
      lock.unlock();
    }
  }

  void add(Note note) {
    lock.lock();
    try {
      if (known.add(note)) {
        notes.addLast(note);
        trim(notes, NOTES);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Keeps a decision with its inputs: each one that acts or is held by something else than the one
   * before, and of the others one in 30 s.
   */
  void add(Observation seen, Memory memory, Decision decision) {
    lock.lock();
    try {
      Decision before = last;
      boolean quiet =
          before != null
              && decision.direction() == 0
              && before.constraint() == decision.constraint()
              && Duration.between(before.time(), decision.time()).abs().compareTo(QUIET) < 0;
      if (!quiet) {
        last = decision;
        decisions.addLast(new Kept(seen, memory, decision));
        trim(decisions, DECISIONS);
      }
    } finally {
      lock.unlock();
    }
  }

  private void trim(Deque<?> ring, int most) {
    while (ring.size() > most) {
      ring.removeFirst();
      dropped++;
    }
  }

  HistoryStats stats() {
    lock.lock();
    try {
      int waiting = points.size() + decisions.size() + notes.size() + starts.size();
      return new HistoryStats(written, waiting, dropped, failures, away, filled);
    } finally {
      lock.unlock();
    }
  }

  /** Has everything read again. */
  void refill() {
    lock.lock();
    try {
      filled = false;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Reads what was not read yet, writes what waits, and every five minutes rolls up. Blocks as long
   * as the store does. After a failure it waits 1, 2, 4 … 60 s before it asks again.
   *
   * @param leads whether this one writes; who follows only reads, and writes notes
   * @param now the time of the last tick: nothing later is believed
   */
  @SuppressWarnings("IllegalCatch") // the host's store may throw anything
  void exchange(boolean leads, Instant now, Reader reader) {
    exchanging.lock();
    try {
      if (wait > 0 && ticker.getAsLong() - retryAt < 0) {
        return;
      }
      try {
        if (!stats().filled()) {
          read(now, reader);
        }
        boolean more = true;
        while (more) {
          more = write(leads);
        }
        if (!kept || ticker.getAsLong() - upkeepAt >= 0) {
          keep(leads, now, reader);
        }
        answered();
      } catch (Exception e) {
        failed(e);
      }
    } finally {
      exchanging.unlock();
    }
  }

  private void read(Instant now, Reader reader) throws Exception {
    readNotes(now, reader);
    reader.starts(store.starts(plan.name())); // how far ahead a model looks depends on them
    Lesson.margin(store, plan.name(), now).ifPresent(reader::margin);
    reader.fill(store.points(plan.name(), now.minus(LOOK_BACK), now));
    lock.lock();
    try {
      filled = true;
    } finally {
      lock.unlock();
    }
    log.info("Autoscaler {} knows its history", plan.name());
  }

  private void readNotes(Instant now, Reader reader) throws Exception {
    Instant until = now.plus(HistoryStore.HOURS);
    for (Note note : store.notes(plan.name(), now.minus(LOOK_BACK), until)) {
      boolean fresh;
      lock.lock();
      try {
        fresh = known.add(note);
      } finally {
        lock.unlock();
      }
      if (fresh) {
        tell(note, reader);
      }
    }
  }

  private void tell(Note note, Reader reader) {
    try {
      reader.note(new TimeRange(note.from(), note.until()), Annotation.valueOf(note.kind()));
    } catch (IllegalArgumentException e) {
      log.warn("Autoscaler {}: a note of an unknown kind, {}", plan.name(), note, e);
    }
  }

  /** Writes one batch; returns whether more waits. */
  private boolean write(boolean leads) throws Exception {
    List<Point> somePoints;
    List<Kept> someDecisions;
    List<Note> someNotes;
    List<Start> someStarts;
    lock.lock();
    try {
      if (!leads) {
        while (points.size() > FOLLOWED) {
          points.removeFirst();
        }
        while (decisions.size() > FOLLOWED) {
          decisions.removeFirst();
        }
      }
      somePoints = leads ? first(points, BATCH) : List.of();
      someDecisions = leads ? first(decisions, BATCH) : List.of();
      someNotes = first(notes, BATCH);
      if (!leads) {
        starts.clear(); // the leader saw the same
      }
      someStarts = first(starts, BATCH);
    } finally {
      lock.unlock();
    }
    int count = somePoints.size() + someDecisions.size() + someNotes.size() + someStarts.size();
    if (count == 0) {
      return false;
    }
    List<StoredDecision> stored = new ArrayList<>(someDecisions.size());
    for (Kept decision : someDecisions) {
      stored.add(stored(decision));
    }
    store.write(plan.name(), new Batch(somePoints, stored, someNotes));
    if (!someStarts.isEmpty()) {
      store.writeStarts(plan.name(), someStarts);
    }
    lock.lock();
    try {
      written += count;
      // What was written is still at the head, unless it was dropped meanwhile.
      remove(points, somePoints);
      remove(decisions, someDecisions);
      remove(notes, someNotes);
      remove(starts, someStarts);
      return !notes.isEmpty() || (leads && !(points.isEmpty() && decisions.isEmpty()));
    } finally {
      lock.unlock();
    }
  }

  private StoredDecision stored(Kept kept) {
    Decision decision = kept.decision();
    return new StoredDecision(
        decision.time().truncatedTo(ChronoUnit.MICROS),
        decision.toJson(),
        DecisionCodec.encode(plan, text, kept.seen(), kept.memory(), decision.applied()));
  }

  private static <T> List<T> first(Deque<T> ring, int count) {
    return ring.stream().limit(count).toList();
  }

  private static <T> void remove(Deque<T> ring, List<T> done) {
    Set<T> gone = Collections.newSetFromMap(new IdentityHashMap<>());
    gone.addAll(done);
    while (!ring.isEmpty() && gone.contains(ring.getFirst())) {
      ring.removeFirst();
    }
  }

  private void keep(boolean leads, Instant now, Reader reader) throws Exception {
    readNotes(now, reader);
    if (leads) {
      // A day more than points can have waited for, once at the start everything.
      store.rollUp(plan.name(), now, oldest);
      oldest = now.minus(Duration.ofMinutes(POINTS)).minus(Duration.ofDays(1));
    }
    kept = true;
    upkeepAt = ticker.getAsLong() + UPKEEP;
  }

  private void answered() {
    wait = 0;
    if (change(false)) {
      log.info("Autoscaler {}: the history is back", plan.name());
    }
  }

  private void failed(Exception cause) {
    if (cause instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    wait = Math.min(LONGEST_WAIT, Math.max(Duration.ofSeconds(1).toNanos(), 2 * wait));
    retryAt = ticker.getAsLong() + wait;
    lock.lock();
    try {
      failures++;
    } finally {
      lock.unlock();
    }
    if (change(true)) {
      log.warn("Autoscaler {}: the history is away, and what is new waits", plan.name(), cause);
    }
  }

  private boolean change(boolean now) {
    lock.lock();
    try {
      boolean before = away;
      away = now;
      return before != now;
    } finally {
      lock.unlock();
    }
  }
}
