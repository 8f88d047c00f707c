package io.spinforge.cache.memory;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What was banned, each argument once with the number of its newest ban: an entry is condemned by
 * some ban of an argument exactly if it is by the newest. So a test costs a look-up for each tag of
 * the entry and a match for each pattern that is newer than the entry, however many bans there
 * were.
 *
 * <p>Bounded: beyond {@link #MOST_TAGS} tags the longest unbanned ones go, beyond {@link
 * #MOST_GLOBS} patterns of a cache the oldest. What they would condemn can then not be told from
 * what they would not, so their number becomes a floor: {@link #tagFloor} for every entry, {@link
 * #isBelowFloor} for those of the cache.
 *
 * <p>One thread at a time changes it, any may read meanwhile: who reads first and looks at the
 * floors afterwards misses nothing, since a floor is raised before anything goes.
 */
final class BanIndex {
  static final int MOST_TAGS = 100_000;
  static final int MOST_GLOBS = 1_000;

  private static final long NONE = -1;
  private static final OfCache NOTHING = new OfCache(NONE, NONE, List.of());

  private final ConcurrentHashMap<String, Tag> tags = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, OfCache> caches = new ConcurrentHashMap<>();
  private final Tag ring = new Tag("", NONE); // its next is the longest unbanned tag

  // Written by who changes the index; volatile for those who read.
  private volatile long everything = NONE;

  private long tagFloor = NONE; // of who changes the index

  BanIndex() {
    ring.next = ring;
    ring.previous = ring;
  }

  /** Adds a ban; {@link #trim} is to follow once {@link #tagFloor} was published. */
  void add(long number, Ban ban) {
    if (ban instanceof Ban.Tagged tagged) {
      tagged.tags().forEach(tag -> add(number, tag));
    } else if (ban instanceof Ban.Matching matching) {
      caches.compute(
          matching.cache(), (name, its) -> (its == null ? NOTHING : its).with(number, matching));
    } else if (ban instanceof Ban.Whole whole) {
      caches.compute(whole.cache(), (name, its) -> (its == null ? NOTHING : its).with(number));
    }
  }

  private void add(long number, String tag) {
    if (tag.equals(Ban.Tagged.ALL)) {
      everything = Math.max(everything, number);
      return;
    }
    Tag known = tags.get(tag);
    if (known == null) {
      known = new Tag(tag, number);
      tags.put(tag, known);
    } else if (known.number >= number) {
      return;
    } else {
      known.unlink();
      known.number = number;
    }
    known.linkBefore(ring);
    int beyond = tags.size() - MOST_TAGS;
    for (Tag oldest = requireNonNull(ring.next); beyond > 0; beyond--) {
      tagFloor = Math.max(tagFloor, oldest.number);
      oldest = requireNonNull(oldest.next);
    }
  }

  /** Returns the newest number of a tag that is kept no more, or is about to go; else -1. */
  long tagFloor() {
    return tagFloor;
  }

  /** Drops what is beyond the bound. */
  void trim() {
    while (tags.size() > MOST_TAGS) {
      Tag oldest = requireNonNull(ring.next);
      oldest.unlink();
      tags.remove(oldest.name);
    }
  }

  void clear() {
    everything = NONE;
    tagFloor = NONE;
    tags.clear();
    caches.clear();
    ring.next = ring;
    ring.previous = ring;
  }

  /** Tells whether a ban with a number above {@code after} condemns an entry. */
  boolean matches(long after, String cache, String key, List<String> itsTags) {
    if (everything > after) {
      return true;
    }
    for (int i = 0; i < itsTags.size(); i++) {
      Tag tag = tags.get(itsTags.get(i));
      if (tag != null && tag.number > after) {
        return true;
      }
    }
    OfCache its = caches.get(cache);
    return its != null && its.matches(after, key);
  }

  /** Tells whether patterns after a number may have been dropped; to be asked after a match. */
  boolean isBelowFloor(long number, String cache) {
    OfCache its = caches.get(cache);
    return its != null && its.floor > number;
  }

  /** Returns how many arguments are kept. */
  int size() {
    return tags.size() + caches.values().stream().mapToInt(its -> its.globs.size()).sum();
  }

  /** A tag, and its place among those that are older and newer. */
  private static final class Tag {
    private final String name;
    private volatile long number; // written under the writer's lock, read by whoever tests
    private @Nullable Tag previous;
    private @Nullable Tag next;

    Tag(String name, long number) {
      this.name = name;
      this.number = number;
    }

    void unlink() {
      requireNonNull(previous).next = next;
      requireNonNull(next).previous = previous;
    }

    void linkBefore(Tag end) {
      previous = requireNonNull(end.previous);
      next = end;
      previous.next = this;
      end.previous = this;
    }
  }

  /**
   * What concerns one cache. Immutable, so that a reader sees a pattern or the floor that it left.
   *
   * @param floor the newest pattern that was dropped
   * @param whole the newest clearing
   * @param globs newest first
   */
  private record OfCache(long floor, long whole, List<Numbered> globs) {

    OfCache with(long number) {
      return new OfCache(floor, Math.max(whole, number), globs);
    }

    OfCache with(long number, Ban.Matching matching) {
      String pattern = matching.glob().toString();
      Numbered[] more = new Numbered[globs.size() + 1];
      int n = 0;
      boolean placed = false;
      for (Numbered known : globs) {
        boolean same = known.glob.toString().equals(pattern);
        if (same && known.number >= number) {
          return this;
        }
        if (!placed && known.number < number) {
          more[n++] = new Numbered(number, matching.glob());
          placed = true;
        }
        if (!same) {
          more[n++] = known;
        }
      }
      if (!placed) {
        more[n++] = new Numbered(number, matching.glob());
      }
      long newFloor = floor;
      if (n > MOST_GLOBS) {
        newFloor = Math.max(floor, more[--n].number);
      }
      return new OfCache(newFloor, whole, List.of(java.util.Arrays.copyOf(more, n)));
    }

    boolean matches(long after, String key) {
      if (whole > after) {
        return true;
      }
      for (int i = 0; i < globs.size(); i++) {
        Numbered glob = globs.get(i);
        if (glob.number <= after) {
          return false;
        }
        if (glob.glob.matches(key)) {
          return true;
        }
      }
      return false;
    }
  }

  private record Numbered(long number, Glob glob) {}
}
