package io.spinforge.health.registry;

import io.spinforge.health.registry.store.Change;
import io.spinforge.health.registry.store.Entry;
import io.spinforge.health.registry.store.Hint;
import io.spinforge.health.registry.store.Sync;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A watcher's copy of a service's entries. Lives on the registry's thread.
 *
 * <p>The copy follows the store's numbered history: a change is taken only if it is the next one,
 * and after it the sum over all entries must be the store's. Anything else is a gap, and the answer
 * to a gap is to ask. Hints only make it fast; a copy that never heard one is right after the next
 * question.
 *
 * <p>A store can come back with less than it had: empty after a restart or a flush (another
 * generation), or without its last writes after a failover (an earlier revision, or another sum).
 * That says nothing about the instances, so those that vanished this way are carried on until their
 * owners have registered again or were given the time to.
 */
final class Mirror {
  private final String service;
  private final LongAdder unreadable;
  private final Map<String, Item> items = new HashMap<>();
  private final Map<String, ServiceInstance> carried = new HashMap<>();
  private String generation = "";
  private long revision;
  private long digest;
  private boolean loaded;
  private boolean suspect;
  private boolean away;
  private boolean grace;

  Mirror(String service, LongAdder unreadable) {
    this.service = service;
    this.unreadable = unreadable;
  }

  private record Item(Entry entry, @Nullable ServiceInstance instance) {}

  /** What came of an answer. */
  enum Result {
    /** The copy is what it was. */
    SAME,
    /** The copy changed. */
    CHANGED,
    /** The store had lost something; the copy changed and carries the lost ones on. */
    LOSS,
    /** The copy is not what the store has: ask again, for everything. */
    GAP
  }

  /** Returns the generation to ask with; empty asks for everything. */
  String generation() {
    return suspect ? "" : generation;
  }

  long revision() {
    return revision;
  }

  boolean loaded() {
    return loaded;
  }

  int carried() {
    return carried.size();
  }

  /** Takes a change, if it is the next one. */
  Result apply(Hint hint) {
    Change change = hint.change();
    if (!loaded || suspect || !hint.generation().equals(generation)) {
      return Result.GAP;
    }
    if (change.revision() <= revision) {
      return Result.SAME;
    }
    if (change.revision() > revision + 1) {
      return Result.GAP;
    }
    put(change);
    revision = change.revision();
    suspect = digest != hint.digest();
    return suspect ? Result.GAP : Result.CHANGED;
  }

  /**
   * Takes an answer.
   *
   * @param askedGeneration the generation the question named
   * @param askedRevision the revision the question named
   */
  Result apply(Sync sync, String askedGeneration, long askedRevision) {
    grace = sync.graceMillis() > 0;
    return sync.whole()
        ? replace(sync, askedRevision)
        : advance(sync, askedGeneration, askedRevision);
  }

  private Result advance(Sync sync, String askedGeneration, long askedRevision) {
    if (!askedGeneration.equals(generation) || suspect) {
      return Result.GAP; // the copy moved on while the answer was on its way
    }
    long before = revision;
    for (Change change : sync.changes()) {
      if (change.revision() == revision + 1) {
        put(change);
        revision = change.revision();
      }
    }
    boolean behind = revision < sync.revision() || sync.revision() < askedRevision;
    suspect = behind || (revision == sync.revision() && digest != sync.digest());
    if (suspect) {
      return Result.GAP;
    }
    return revision == before ? Result.SAME : Result.CHANGED;
  }

  private Result replace(Sync sync, long askedRevision) {
    boolean same = sync.generation().equals(generation);
    if (loaded && same && !suspect && askedRevision <= sync.revision()) {
      if (sync.revision() <= revision) {
        return Result.SAME; // hints were faster than the answer
      }
    }
    boolean loss =
        loaded && !generation.isEmpty() && (!same || suspect || sync.revision() < askedRevision);
    if (loss) {
      items.forEach(
          (id, item) -> {
            if (item.instance() != null) {
              carried.put(id, item.instance());
            }
          });
    }
    Map<String, Item> old = new HashMap<>(items);
    items.clear();
    digest = 0;
    for (Change change : sync.changes()) {
      put(change, old.get(change.id()));
    }
    generation = sync.generation();
    revision = sync.revision();
    loaded = true;
    suspect = false;
    return loss && !carried.isEmpty() ? Result.LOSS : Result.CHANGED;
  }

  private void put(Change change) {
    put(change, items.get(change.id()));
  }

  private void put(Change change, @Nullable Item known) {
    Entry entry = change.entry();
    Item old;
    if (entry == null) {
      old = items.remove(change.id());
    } else {
      boolean unchanged = known != null && known.entry().equals(entry);
      Item item = unchanged ? known : new Item(entry, decode(entry));
      old = items.put(change.id(), item);
      carried.remove(change.id());
    }
    long sum = digest + (entry == null ? 0 : entry.hash()) - (old == null ? 0 : old.entry().hash());
    digest = Math.floorMod(sum, Entry.MODULUS);
  }

  private @Nullable ServiceInstance decode(Entry entry) {
    try {
      InstanceStatus status = Statuses.of(entry.status());
      return InstanceCodec.decode(service, entry.id(), status, entry.payload());
    } catch (IllegalArgumentException e) {
      unreadable.increment();
      return null;
    }
  }

  /** Returns the entry of an instance, if it stands at the same address. */
  @Nullable Entry entryOf(ServiceInstance instance) {
    Item item = items.get(instance.id());
    return item != null && instance.equals(item.instance()) ? item.entry() : null;
  }

  /** Stops to carry an instance; returns whether it was carried. */
  boolean dropCarried(ServiceInstance instance) {
    return carried.remove(instance.id(), instance);
  }

  /** Stops to carry all; returns whether any was carried. */
  boolean dropCarried() {
    boolean any = !carried.isEmpty();
    carried.clear();
    return any;
  }

  /** Notes whether the store answers; returns whether that is news. */
  boolean away(boolean now) {
    boolean news = away != now;
    away = now;
    return news;
  }

  Protection protection() {
    if (!loaded) {
      return Protection.NONE;
    }
    if (away) {
      return Protection.STORE_AWAY;
    }
    if (!carried.isEmpty()) {
      return Protection.REFILLING;
    }
    if (grace) {
      return Protection.GRACE;
    }
    boolean suspects = items.values().stream().anyMatch(item -> item.entry().suspect());
    return suspects ? Protection.MASS_EXPIRY : Protection.NONE;
  }

  ServiceSnapshot snapshot() {
    Map<String, ServiceInstance> all = new TreeMap<>(carried);
    for (Item item : items.values()) {
      if (item.instance() != null) {
        all.put(item.instance().id(), item.instance());
      }
    }
    List<ServiceInstance> list = new ArrayList<>(all.values());
    return new ServiceSnapshot(service, loaded, generation, revision, list, protection());
  }
}
