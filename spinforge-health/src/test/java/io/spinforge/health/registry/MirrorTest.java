package io.spinforge.health.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.health.registry.store.Change;
import io.spinforge.health.registry.store.Entry;
import io.spinforge.health.registry.store.Hint;
import io.spinforge.health.registry.store.Leases;
import io.spinforge.health.registry.store.Sync;
import io.spinforge.testkit.Seeds;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/**
 * The copy against a store whose whole state is recomputed at every step, under hints that are lost
 * or late, histories that are trimmed, answers that are overtaken, flushes and rollbacks.
 */
final class MirrorTest {
  private static final String SERVICE = "checkout";

  /** The slow, obvious store. */
  private static final class Oracle {
    final TreeMap<String, Entry> entries = new TreeMap<>();
    final List<Change> history = new ArrayList<>();
    final ArrayDeque<Hint> hints = new ArrayDeque<>();
    String generation = "g0";
    long revision;
    private long epoch;

    long digest() {
      long sum = 0;
      for (Entry entry : entries.values()) {
        sum = (sum + entry.hash()) % Entry.MODULUS;
      }
      return sum;
    }

    void change(String id, int port) {
      Entry entry = null;
      if (port > 0) {
        String payload = ServiceInstance.of(SERVICE, "10.0.0.7", port).build().encoded();
        entry = new Entry(id, Entry.owner(++epoch, "n", 'U'), payload);
        entries.put(id, entry);
      } else if (entries.remove(id) == null) {
        return;
      }
      Change change = new Change(++revision, id, entry);
      history.add(change);
      hints.add(new Hint(SERVICE, generation, digest(), change));
    }

    void flush(String next) {
      generation = next;
      revision = 0;
      entries.clear();
      history.clear();
    }

    /** Forgets the last changes, as a replica does that is promoted too early. */
    void rollback(int steps) {
      for (int i = 0; i < steps && !history.isEmpty(); i++) {
        history.remove(history.size() - 1);
        revision--;
      }
      entries.clear();
      for (Change change : history) {
        if (change.entry() == null) {
          entries.remove(change.id());
        } else {
          entries.put(change.id(), change.entry());
        }
      }
    }

    Sync sync(String asked, long from, int kept) {
      boolean known = asked.equals(generation) && from <= revision && revision - from <= kept;
      List<Change> changes = new ArrayList<>();
      if (known) {
        history.stream().filter(c -> c.revision() > from).forEach(changes::add);
      } else {
        entries.values().forEach(e -> changes.add(new Change(0, e.id(), e)));
      }
      return new Sync(generation, revision, digest(), !known, changes, 0, -1, 0, Leases.NONE);
    }
  }

  private static Set<String> ids(ServiceSnapshot snapshot) {
    Set<String> ids = new TreeSet<>();
    snapshot.instances().forEach(instance -> ids.add(instance.id()));
    return ids;
  }

  private static void ask(Mirror mirror, Oracle oracle, int kept) {
    Mirror.Result result = Mirror.Result.GAP;
    for (int tries = 0; result == Mirror.Result.GAP; tries++) {
      assertThat(tries).as("questions until the copy is right").isLessThan(3);
      String generation = mirror.generation();
      long revision = mirror.revision();
      result = mirror.apply(oracle.sync(generation, revision, kept), generation, revision);
    }
  }

  private static void step(Mirror mirror, Oracle oracle, SplittableRandom random, int number) {
    int dice = random.nextInt(100);
    if (dice < 60) {
      oracle.change("i" + random.nextInt(12), random.nextInt(4));
    } else if (dice < 90) {
      Hint hint = oracle.hints.poll();
      if (hint != null && random.nextInt(4) > 0) { // the others are lost
        mirror.apply(hint);
      }
    } else if (dice < 95) {
      String generation = mirror.generation();
      long revision = mirror.revision();
      Sync answer = oracle.sync(generation, revision, 5);
      while (!oracle.hints.isEmpty() && random.nextBoolean()) { // they overtake the answer
        mirror.apply(oracle.hints.poll());
      }
      mirror.apply(answer, generation, revision);
    } else if (dice < 97) {
      Set<String> before = ids(mirror.snapshot());
      boolean loaded = mirror.loaded() && !mirror.generation().isEmpty();
      oracle.hints.clear();
      oracle.flush("g" + number);
      ask(mirror, oracle, 5);
      if (loaded) {
        assertThat(ids(mirror.snapshot())).containsAll(before);
      }
      mirror.dropCarried();
    } else {
      oracle.rollback(random.nextInt(1, 4));
    }
  }

  @Test
  void copyEqualsTheStoreAfterOneQuietQuestion() {
    Seeds.run(
        300,
        (seed, random) -> {
          Oracle oracle = new Oracle();
          Mirror mirror = new Mirror(SERVICE, new LongAdder());
          ask(mirror, oracle, 5);
          for (int round = 0; round < 20; round++) {
            int steps = random.nextInt(40);
            for (int i = 0; i < steps; i++) {
              step(mirror, oracle, random, round * 100 + i);
            }
            ask(mirror, oracle, 5);
            mirror.dropCarried();
            assertThat(ids(mirror.snapshot())).isEqualTo(oracle.entries.keySet());
            mirror
                .snapshot()
                .instances()
                .forEach(
                    i -> {
                      Entry entry = oracle.entries.get(i.id());
                      assertThat(i.encoded()).isEqualTo(entry.payload());
                    });
          }
        });
  }

  @Test
  void rolledBackStoreKeepsWhatItLostForNow() {
    Oracle oracle = new Oracle();
    Mirror mirror = new Mirror(SERVICE, new LongAdder());
    oracle.change("a", 1);
    oracle.change("b", 2);
    ask(mirror, oracle, 5);
    oracle.rollback(1);
    ask(mirror, oracle, 5);
    assertThat(ids(mirror.snapshot())).containsExactly("a", "b");
    assertThat(mirror.protection()).isEqualTo(Protection.REFILLING);
    oracle.change("c", 3); // the same number as the change that was lost, another content
    ask(mirror, oracle, 5);
    assertThat(ids(mirror.snapshot())).containsExactly("a", "b", "c");
    assertThat(mirror.dropCarried()).isTrue();
    assertThat(ids(mirror.snapshot())).containsExactly("a", "c");
  }

  @Test
  void entriesOfOthersThatCannotBeReadAreLeftOutAndCounted() {
    LongAdder unreadable = new LongAdder();
    Mirror mirror = new Mirror(SERVICE, unreadable);
    Entry bad = new Entry("a", "1:n:U", "v=2&host=x");
    Entry odd = new Entry("b", "2:n:Q", ServiceInstance.of(SERVICE, "h", 1).build().encoded());
    long digest = (bad.hash() + odd.hash()) % Entry.MODULUS;
    List<Change> all = List.of(new Change(0, "a", bad), new Change(0, "b", odd));
    mirror.apply(new Sync("g", 2, digest, true, all, 0, -1, 0, Leases.NONE), "", 0);
    assertThat(mirror.snapshot().instances()).isEmpty();
    assertThat(unreadable.sum()).isEqualTo(2);
  }
}
