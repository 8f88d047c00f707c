package io.spinforge.cache.memory;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;

/**
 * What was invalidated by tag, pattern or clear: a bounded list, newest last. Thread-safe.
 *
 * <p>The model is Varnish's ban list. To ban costs a record, whatever the number of keys. An entry
 * knows the sequence of the control log at the start of its load; it is tested against the records
 * after that, once, and then notes how far it was tested. So no index of tags is kept anywhere, and
 * no clock is compared.
 *
 * <p>Sequences are comparable within one incarnation of the log, which its random first bits name.
 * Where records may be unknown, because the log was trimmed, began anew or is not read yet, an
 * entry from before is condemned: the list knows every record after its {@code floor}, and an entry
 * with a lower mark is not believed. A ban that Redis has not got, or has given a sequence that
 * cannot be compared, is numbered by this node.
 *
 * <p>Open to subclasses only so that a simulation can take a guard out and show that it is needed.
 */
public class Bans {
  private static final int KEPT = 1000;
  private static final int INCARNATION_BITS = 20; // those after them count the records
  private static final View NOTHING = new View(0, 0, 0, List.of(), 0, 0, 0, List.of(), 0);
  private static final long UNKNOWN = Long.MAX_VALUE;

  private final AtomicReference<View> view = new AtomicReference<>(NOTHING);
  private final LongAdder forgotten = new LongAdder();

  /** Returns what a value respects that is asked for from now on. */
  public BanMark mark() {
    View v = now();
    return new BanMark(Math.max(v.applied, v.own), v.here, v.generation);
  }

  /** Returns what an entry respects that comes from Redis and was asked for at {@code asked}. */
  public BanMark markOf(long sequence, BanMark asked) {
    return new BanMark(sequence, Math.min(asked.here(), now().uncertain), asked.generation());
  }

  /** Returns the number of times that records may have been missed; see {@link #own}. */
  public int generation() {
    return now().generation;
  }

  /** Returns how many entries were condemned only because older records are not kept. */
  public long forgotten() {
    return forgotten.sum();
  }

  /** Applies the log's next record. Called by one thread, in the log's order. */
  public void applied(long sequence, Ban ban) {
    update(v -> v.with(sequence, ban, sequence, v.own));
  }

  /**
   * Applies a record of this node's own, which the log may bring later.
   *
   * @param generation the generation before Redis was asked: if it is another one by now, the
   *     sequence means nothing any more
   */
  public void own(int generation, long sequence, Ban ban) {
    update(
        v ->
            v.generation == generation
                ? v.with(sequence, ban, v.applied, Math.max(v.own, sequence))
                : v.here(ban, true));
  }

  /**
   * Applies a ban that has no sequence here.
   *
   * @param committed whether Redis has it, so that entries there are older and newer ones
   */
  public void here(Ban ban, boolean committed) {
    update(v -> v.here(ban, committed));
  }

  /** From now on, nothing is known. Called by the log's thread. */
  public void forget() {
    update(v -> v.began(UNKNOWN, 0, 0, List.of(), v.generation + 1));
  }

  /**
   * From now on every record after {@code sequence} is known or will be applied. Called by the
   * log's thread, after {@link #forget}.
   */
  public void knownAfter(long sequence) {
    update(v -> v.began(sequence, sequence, v.own, v.bans, v.generation));
  }

  /** Tells whether a ban is not in the log yet as far as it was read. */
  public boolean isUncertain() {
    View v = now();
    return v.uncertain < v.here;
  }

  /** Notes that the log was read beyond every ban that Redis has. Called by the log's thread. */
  public void certain() {
    update(v -> v.with(v.here));
  }

  /** Tells whether an entry with this mark is condemned. */
  public boolean condemns(BanMark mark, String cache, String key, List<String> tags) {
    View v = now();
    if (!isKnown(mark, v.floor, v.applied, v.generation) || mark.here() < v.hereFloor) {
      forgotten.increment();
      return true;
    }
    return View.matches(v.bans, mark.sequence(), cache, key, tags)
        || View.matches(v.hereBans, mark.here(), cache, key, tags);
  }

  /** Tells whether a sequence is of another incarnation of the log than the one that is read. */
  public boolean isForeign(long sequence) {
    return sequence >>> INCARNATION_BITS != now().applied >>> INCARNATION_BITS;
  }

  /** Tells whether an entry is condemned by a ban that this node has numbered. */
  public boolean condemnsHere(BanMark mark, String cache, String key, List<String> tags) {
    View v = now();
    return mark.here() < v.hereFloor || View.matches(v.hereBans, mark.here(), cache, key, tags);
  }

  /** Tells whether every record after a mark is known. */
  protected boolean isKnown(BanMark mark, long floor, long applied, int generation) {
    return mark.sequence() >= floor
        && mark.sequence() >>> INCARNATION_BITS == applied >>> INCARNATION_BITS
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
    View v = now();
    return new BanMark(v.applied, v.here, v.generation);
  }

  private View now() {
    return requireNonNull(view.get(), "view"); // always set: the reference's type does not say so
  }

  private void update(UnaryOperator<View> change) {
    view.updateAndGet(change);
  }

  /**
   * The list at a moment. Immutable.
   *
   * @param floor every record after it is in the list, up to {@code applied}
   * @param applied the last record that the log brought
   * @param own the newest record that this node made in this generation
   * @param bans the records, by sequence; own ones may stand there before the log brings them
   * @param hereFloor the number of the last ban of this node that is no longer kept
   * @param here the number of its newest
   * @param uncertain entries from Redis are tested against bans of this node after it
   */
  private record View(
      long floor,
      long applied,
      long own,
      List<Numbered> bans,
      long hereFloor,
      long here,
      long uncertain,
      List<Numbered> hereBans,
      int generation) {

    View began(
        long newFloor, long newApplied, long newOwn, List<Numbered> kept, int newGeneration) {
      return new View(
          newFloor, newApplied, newOwn, kept, hereFloor, here, uncertain, hereBans, newGeneration);
    }

    View with(long newUncertain) {
      return new View(
          floor, applied, own, bans, hereFloor, here, newUncertain, hereBans, generation);
    }

    View with(long sequence, Ban ban, long nowApplied, long nowOwn) {
      List<Numbered> more = new ArrayList<>(bans.size() + 1);
      more.addAll(bans);
      int at = more.size();
      while (at > 0 && more.get(at - 1).number > sequence) {
        at--;
      }
      if (at == 0 || more.get(at - 1).number != sequence) {
        more.add(at, new Numbered(sequence, ban));
      }
      long newFloor = floor;
      if (more.size() > KEPT) {
        newFloor = Math.max(floor, more.remove(0).number);
      }
      return new View(
          newFloor,
          Math.max(applied, nowApplied),
          nowOwn,
          more,
          hereFloor,
          here,
          uncertain,
          hereBans,
          generation);
    }

    View here(Ban ban, boolean committed) {
      List<Numbered> more = new ArrayList<>(hereBans.size() + 1);
      more.addAll(hereBans);
      more.add(new Numbered(here + 1, ban));
      long newFloor = hereFloor;
      if (more.size() > KEPT) {
        newFloor = more.remove(0).number;
      }
      long notCommitted = uncertain == here ? here + 1 : uncertain;
      long newUncertain = committed ? Math.min(uncertain, here) : notCommitted;
      return new View(
          floor, applied, own, bans, newFloor, here + 1, newUncertain, more, generation);
    }

    static boolean matches(
        List<Numbered> bans, long after, String cache, String key, List<String> tags) {
      for (int i = bans.size() - 1; i >= 0 && bans.get(i).number > after; i--) {
        if (bans.get(i).ban.matches(cache, key, tags)) {
          return true;
        }
      }
      return false;
    }
  }

  private record Numbered(long number, Ban ban) {}
}
