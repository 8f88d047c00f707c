package io.spinforge.cache;

import io.spinforge.cache.memory.Ban;
import io.spinforge.cache.memory.BanMark;
import io.spinforge.cache.memory.Bans;
import io.spinforge.cache.memory.Glob;
import io.spinforge.cache.redis.Control;
import io.spinforge.cache.redis.RedisStore;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A node's side of what is invalidated by tag, pattern or clear: the bans first, then every entry
 * is to be tested anew, then flights that are meant are forgotten. Thread-safe.
 *
 * <p>A pattern or a clear names its keys, so exactly the loads of these keys that are under way are
 * left by whoever comes from now on. A tag does not: which tags a value has is known for sure after
 * its load. A load that has told the tag so far, or whose value before had it, is left too. Any
 * other goes on being joined, and whoever joined it after the tag was invalidated {@linkplain
 * Bans#bars is handed} its value only if the tags that it turns out to have were not banned since
 * the load began; otherwise it reads anew, once, for the flight it joins or leads then has begun
 * after it came. So readers of values that a tag does not mean go on sharing their loads, however
 * often it is invalidated; and leaving a load or not is a matter of cost alone, since the values
 * are judged. Who joined before the ban may have the value of before: its read began before the
 * invalidation was known here, which is all that is promised.
 */
final class Controls {
  private static final long ASKED_FOR = TimeUnit.MILLISECONDS.toNanos(100);

  private final Node node;
  private final Bans bans;
  private final ConcurrentHashMap<String, Load<?>> underWay = new ConcurrentHashMap<>();

  // When Redis last had a ban whose place in the log is not known: written by who made it, read by
  // the log's thread.
  private volatile long uncertainSince;

  // What Redis answered last; volatile, and a race costs a round trip.
  private volatile @Nullable Asked asked;

  Controls(Node node, Bans bans) {
    this.node = node;
    this.bans = bans;
  }

  /**
   * Tells whether an entry from Redis is condemned by what was invalidated otherwise than by key.
   */
  boolean condemns(String fullKey, BanMark mark, List<String> tags) {
    String cache = Node.cacheOf(fullKey);
    String key = Node.keyOf(fullKey);
    RedisStore store = node.redis();
    if (store != null && bans.isForeign(mark.sequence()) && isNewest(store, mark.sequence())) {
      // This node has not heard yet that the log began anew, and the entry is younger than all in
      // it.
      return bans.condemnsHere(mark, cache, key, tags);
    }
    return bans.condemns(mark, cache, key, tags);
  }

  /**
   * Tells whether a sequence is the control log's newest. Asks Redis, except where the answer was
   * another one a moment ago: what is left in Redis from before the log began anew is read key by
   * key, and is not worth a round trip each.
   */
  private boolean isNewest(RedisStore store, long sequence) {
    long now = node.clock.exact();
    Asked last = asked;
    if (last != null && now - last.at < ASKED_FOR && last.sequence != sequence) {
      return false;
    }
    long newest = store.controlSequence();
    asked = new Asked(newest, now);
    return newest == sequence;
  }

  /** Invalidates otherwise than by key; returns how far that came. */
  Reach invalidate(Control control) {
    RedisStore store = node.redis();
    Reach reach = Reach.THIS_NODE;
    if (store == null) {
      bans.here(ban(control), false);
    } else {
      int generation = bans.generation();
      long seq = store.control(control);
      reach = seq < 0 ? Reach.THIS_NODE : Reach.REDIS;
      if (seq > 0) {
        bans.own(generation, seq, ban(control));
      } else {
        hereOnly(control, seq == 0);
      }
    }
    banned(control);
    tell(control, Origin.LOCAL);
    return reach;
  }

  /** Applies the control log's next record. */
  void applied(long seq, Control control, boolean own, boolean news) {
    bans.applied(seq, ban(control));
    if (!own || !news) { // an own one was applied in full when Redis answered it
      banned(control);
    }
    if (!own && news) {
      tell(control, Origin.REMOTE);
    }
  }

  /** Applies what this node did while Redis was away, and is there now. */
  void replayed(int generation, long seq, Control control) {
    if (seq > 0) {
      bans.own(generation, seq, ban(control));
    } else {
      hereOnly(control, true);
    }
    banned(control);
  }

  /** Notes that a key is being loaded. */
  void begins(String fullKey, Load<?> load) {
    underWay.put(fullKey, load);
  }

  /** Notes that a load has ended. */
  void ends(String fullKey, Load<?> load) {
    underWay.remove(fullKey, load);
  }

  /** Notes that all is known that Redis had at a moment. */
  void proven(long moment) {
    if (bans.isUncertain() && moment - uncertainSince >= 0) {
      bans.certain(); // all that was committed before that moment was applied
    }
  }

  private void hereOnly(Control control, boolean committed) {
    if (committed) {
      uncertainSince = node.clock.exact();
    }
    bans.here(ban(control), committed);
  }

  private void banned(Control control) {
    node.testAnew();
    List<String> arguments = control.arguments();
    switch (control.kind()) {
      case TAGS -> {
        if (arguments.contains(Ban.Tagged.ALL)) {
          node.flights.forgetAll();
        } else {
          underWay.forEach(
              (fullKey, load) -> {
                if (load.mayHave(arguments)) {
                  node.flights.forget(fullKey);
                }
              });
        }
      }
      case WHOLE -> {
        String prefix = Node.fullKey(arguments.get(0), "");
        node.flights.forgetIf(fullKey -> fullKey.startsWith(prefix));
      }
      case MATCHING -> {
        String prefix = Node.fullKey(arguments.get(0), "");
        Glob glob = Glob.of(arguments.get(1));
        node.flights.forgetIf(
            fullKey -> fullKey.startsWith(prefix) && glob.matches(Node.keyOf(fullKey)));
      }
    }
  }

  private static Ban ban(Control control) {
    List<String> arguments = control.arguments();
    return switch (control.kind()) {
      case TAGS -> new Ban.Tagged(Set.copyOf(arguments));
      case MATCHING -> new Ban.Matching(arguments.get(0), Glob.of(arguments.get(1)));
      case WHOLE -> new Ban.Whole(arguments.get(0));
    };
  }

  private void tell(Control control, Origin origin) {
    boolean all = control.kind() == Control.Kind.TAGS;
    for (LayeredCache<?, ?> cache : node.caches.values()) {
      if (all || cache.name().equals(control.arguments().get(0))) {
        Counters counters = cache.counters();
        (origin == Origin.LOCAL ? counters.localInvalidations : counters.remoteInvalidations)
            .increment();
        node.listeners.invalidated(cache.name(), origin, 0);
      }
    }
  }

  /** The control log's sequence at a moment. */
  private record Asked(long sequence, long at) {}
}
