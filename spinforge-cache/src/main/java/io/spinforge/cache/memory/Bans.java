package io.spinforge.cache.memory;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What was invalidated by tag, pattern or clear, indexed by what that was. Thread-safe: one lock
 * orders the changes, tests take none.
 *
 * <p>The model is Varnish's ban list. To ban costs a record, whatever the number of keys. An entry
 * knows the sequence of the control log at the start of its load; it is tested against what was
 * banned after that, once, and then notes how far it was tested. So no index of entries is kept
 * anywhere, and no clock is compared. What was banned is kept by its argument, see {@link
 * BanIndex}: the age of an entry does not matter, only how many different tags and patterns there
 * are.
 *
 * <p>Sequences are comparable within one incarnation of the log, which begins at a random one: they
 * are taken for another incarnation's where they are far from what was applied. Where records may
 * be unknown, because the log was trimmed, began anew or is not read yet, an entry from before is
 * condemned: everything banned after the {@code floor} is known, and an entry with a lower mark is
 * not believed. A ban that Redis has not got, or has given a sequence that cannot be compared, is
 * numbered by this node.
 *
 * <p>Open to subclasses only so that a simulation can take a guard out and show that it is needed.
 */
public class Bans {
  /** How far other nodes' entries may be ahead of the log as it was read here. */
  private static final long AHEAD = 1L << 20;

  /** No incarnation counts so many records; two begin closer to each other by chance of 2^-20. */
  private static final long BEHIND = 1L << 32;

  private static final long UNKNOWN = Long.MAX_VALUE;

  private final ReentrantLock changes = new ReentrantLock(); // held for moments, never waiting
  private final BanIndex index = new BanIndex(); // changed under the lock
  private final BanIndex hereIndex = new BanIndex(); // by this node's numbers, as above
  private final LongAdder forgotten = new LongAdder();

  // Written under the lock. Volatile: whoever sees a state sees what the indexes had before it.
  private volatile State state = new State(0, 0, 0, 0, 0, 0, 0);

  private volatile long lastBanned = -1; // written under the lock

  /** Returns what a value respects that is asked for from now on. */
  public BanMark mark() {
    State s = state;
    return new BanMark(Math.max(s.applied, s.own), s.here, s.generation);
  }

  /** Returns what an entry respects that comes from Redis and was asked for at {@code asked}. */
  public BanMark markOf(long sequence, BanMark asked) {
    return new BanMark(sequence, Math.min(asked.here(), state.uncertain), asked.generation());
  }

  /** Returns the number of times that records may have been missed; see {@link #own}. */
  public int generation() {
    return state.generation;
  }

  /** Returns how many entries were condemned only because older records are not kept. */
  public long forgotten() {
    return forgotten.sum();
  }

  /** Applies the log's next record. Called by one thread, in the log's order. */
  public void applied(long sequence, Ban ban) {
    changes.lock();
    try {
      add(sequence, ban, sequence, state.own);
      lastBanned = sequence;
    } finally {
      changes.unlock();
    }
  }

  /**
   * Applies a record of this node's own, which the log may bring later.
   *
   * @param generation the generation before Redis was asked: if it is another one by now, the
   *     sequence means nothing any more
   */
  public void own(int generation, long sequence, Ban ban) {
    changes.lock();
    try {
      State s = state;
      if (s.generation == generation) {
        add(sequence, ban, s.applied, Math.max(s.own, sequence));
      } else {
        addHere(ban, true);
      }
    } finally {
      changes.unlock();
    }
  }

  /**
   * Applies a ban that has no sequence here.
   *
   * @param committed whether Redis has it, so that entries there are older and newer ones
   */
  public void here(Ban ban, boolean committed) {
    changes.lock();
    try {
      addHere(ban, committed);
    } finally {
      changes.unlock();
    }
  }

  /** From now on, nothing is known. Called by the log's thread. */
  public void forget() {
    changes.lock();
    try {
      State s = state;
      // First the state: a test that finds the index empty then finds another generation.
      state = new State(UNKNOWN, 0, 0, s.hereFloor, s.here, s.uncertain, s.generation + 1);
      index.clear();
      lastBanned = -1;
    } finally {
      changes.unlock();
    }
  }

  /**
   * From now on every record after {@code sequence} is known or will be applied. Called by the
   * log's thread, after {@link #forget}.
   */
  public void knownAfter(long sequence) {
    changes.lock();
    try {
      State s = state;
      long floor = Math.max(sequence, index.tagFloor());
      state = new State(floor, sequence, s.own, s.hereFloor, s.here, s.uncertain, s.generation);
    } finally {
      changes.unlock();
    }
  }

  /** Tells whether a ban is not in the log yet as far as it was read. */
  public boolean isUncertain() {
    State s = state;
    return s.uncertain < s.here;
  }

  /** Notes that the log was read beyond every ban that Redis has. Called by the log's thread. */
  public void certain() {
    changes.lock();
    try {
      State s = state;
      state = new State(s.floor, s.applied, s.own, s.hereFloor, s.here, s.here, s.generation);
    } finally {
      changes.unlock();
    }
  }

  /** Tells whether an entry with this mark is condemned. */
  public boolean condemns(BanMark mark, String cache, String key, List<String> tags) {
    State before = state;
    if (isUnknown(mark, before)) {
      forgotten.increment();
      return true;
    }
    if (index.matches(mark.sequence(), cache, key, tags)
        || hereIndex.matches(mark.here(), cache, key, tags)) {
      return true;
    }
    // After the look-ups: what was dropped meanwhile has raised a floor before it went.
    State after = state;
    if (isUnknown(mark, after)
        || index.isBelowFloor(mark.sequence(), cache)
        || hereIndex.isBelowFloor(mark.here(), cache)) {
      forgotten.increment();
      return true;
    }
    return false;
  }

  /**
   * Tells whether a value that was asked for before a reader came may be handed to it: a load that
   * began before something was banned is barred for who came after that, if the value is meant.
   *
   * @param mark what the value respects
   * @param came what was banned when the reader came, by {@link #mark}
   */
  public boolean bars(BanMark mark, BanMark came, String cache, String key, List<String> tags) {
    boolean begunSince =
        mark.generation() == came.generation()
            && mark.sequence() >= came.sequence()
            && mark.here() >= came.here();
    return !begunSince && condemns(mark, cache, key, tags);
  }

  /**
   * Tells whether a record of the log condemns an entry in Redis for good: not one that is
   * condemned only because this node does not know every record.
   */
  public boolean isBanned(long sequence, String cache, String key, List<String> tags) {
    State s = state;
    return !isForeign(sequence)
        && sequence < s.applied
        && index.matches(sequence, cache, key, tags)
        && s.generation == state.generation;
  }

  /** Returns the sequence of the newest ban that the log brought; -1 if none is known. */
  public long lastBanned() {
    return lastBanned;
  }

  /** Tells whether a sequence is of another incarnation of the log than the one that is read. */
  public boolean isForeign(long sequence) {
    long applied = state.applied;
    return sequence - applied > AHEAD || applied - sequence > BEHIND;
  }

  /** Tells whether an entry is condemned by a ban that this node has numbered. */
  public boolean condemnsHere(BanMark mark, String cache, String key, List<String> tags) {
    return mark.here() < state.hereFloor
        || hereIndex.matches(mark.here(), cache, key, tags)
        || mark.here() < state.hereFloor
        || hereIndex.isBelowFloor(mark.here(), cache);
  }

  /** Tells whether every record after a mark is known. */
  protected boolean isKnown(BanMark mark, long floor, long applied, int generation) {
    return mark.sequence() >= floor
        && mark.sequence() - applied <= AHEAD
        && mark.generation() == generation;
  }

  /**
   * Returns the mark of an entry that was found not condemned by a test begun at {@code tested}.
   */
  static BanMark passed(BanMark mark, BanMark tested) {
    return new BanMark(
        Math.max(mark.sequence(), tested.sequence()),
        Math.max(mark.here(), tested.here()),
        mark.generation());
  }

  /** Returns how far a test that begins now goes. */
  BanMark tested() {
    State s = state;
    return new BanMark(s.applied, s.here, s.generation);
  }

  /** Returns how many tags and patterns are kept. */
  int size() {
    return index.size() + hereIndex.size();
  }

  private boolean isUnknown(BanMark mark, State s) {
    return !isKnown(mark, s.floor, s.applied, s.generation) || mark.here() < s.hereFloor;
  }

  private void add(long sequence, Ban ban, long applied, long own) {
    State s = state;
    index.add(sequence, ban);
    state =
        new State(
            Math.max(s.floor, index.tagFloor()),
            Math.max(s.applied, applied),
            own,
            s.hereFloor,
            s.here,
            s.uncertain,
            s.generation);
    index.trim();
  }

  private void addHere(Ban ban, boolean committed) {
    State s = state;
    long number = s.here + 1;
    hereIndex.add(number, ban);
    long notCommitted = s.uncertain == s.here ? number : s.uncertain;
    state =
        new State(
            s.floor,
            s.applied,
            s.own,
            Math.max(s.hereFloor, hereIndex.tagFloor()),
            number,
            committed ? Math.min(s.uncertain, s.here) : notCommitted,
            s.generation);
    hereIndex.trim();
  }

  /**
   * How much is known at a moment.
   *
   * @param floor everything banned after it is in the index, up to {@code applied}
   * @param applied the last record that the log brought
   * @param own the newest record that this node made in this generation
   * @param hereFloor the number of the last ban of this node that is no longer kept
   * @param here the number of its newest
   * @param uncertain entries from Redis are tested against bans of this node after it
   */
  private record State(
      long floor,
      long applied,
      long own,
      long hereFloor,
      long here,
      long uncertain,
      int generation) {}
}
