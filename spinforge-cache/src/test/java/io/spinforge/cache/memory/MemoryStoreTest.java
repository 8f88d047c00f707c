package io.spinforge.cache.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.spinforge.testkit.ManualTicker;
import io.spinforge.testkit.Seeds;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MemoryStoreTest {
  /** What a thread comes to that runs into another one's lock, or into nothing. */
  private static final Set<Thread.State> MEETS_OR_ENDS =
      EnumSet.of(Thread.State.BLOCKED, Thread.State.WAITING, Thread.State.TERMINATED);

  private final ManualTicker ticker = new ManualTicker();
  private final Clock clock = Clock.exact(ticker);
  private final MemoryStore<Value> store = MemoryStore.ofEntries("c", 100, clock);
  private final Partition partition = new Partition(1000, new Bans());

  @Test
  void entryIsServedWhileItIsFreshAndItsPartitionLive() {
    put("k", "v", partition.stamp("k"), 1, 500);
    ticker.set(499);
    assertThat(store.get("k")).isNotNull();
    ticker.set(500);
    assertThat(store.get("k")).isNull();

    put("k", "v", partition.stamp("k"), 1, 5000);
    ticker.set(1000);
    assertThat(store.get("k")).isNull();
    assertThat(store.getUnproven("k")).isNotNull();
    partition.liveUntil(1001);
    assertThat(store.get("k")).isNotNull();
  }

  @Test
  void resetVoidsWhatIsThereAndWhatWasAskedForBefore() {
    Stamp before = partition.stamp("k");
    put("old", "v", before, 1, 500);
    partition.reset();
    put("k", "v", before, 1, 500);
    assertThat(store.get("old")).isNull();
    assertThat(store.getUnproven("old")).isNull();
    assertThat(store.get("k")).isNull();
  }

  @Test
  void invalidationBetweenTheQuestionAndThePutKeepsTheOldValueOut() {
    Stamp before = partition.stamp("k");
    invalidate("k", 10);
    put("k", "old", before, 9, 500);
    assertThat(store.get("k")).isNull();
  }

  @Test
  void putSurvivesTheReturnOfItsOwnRecord() {
    Stamp before = partition.stamp("k");
    invalidate("k", 10);
    put("k", "put", before, 10, 500);
    assertThat(store.get("k")).isNotNull();
    invalidate("k", 10);
    assertThat(store.get("k")).isNotNull();
    invalidate("k", 11);
    assertThat(store.get("k")).isNull();
  }

  @Test
  void invalidationWithoutSequenceIsNeverForgiven() {
    Stamp before = partition.stamp("k");
    partition.invalidatedHereOnly();
    put("k", "old", before, Long.MAX_VALUE, 500);
    assertThat(store.get("k")).isNull();
  }

  @Test
  void invalidationDuringThePutIsSeenByEveryReadAfterIt() throws Exception {
    List<Value> hits = new ArrayList<>();
    Thread[] other = new Thread[1];
    Partition watched =
        new Partition(1000, new Bans()) {
          @Override
          protected boolean stillHolds(Stamp stamp, String key, long sequence) {
            boolean holds = super.stillHolds(stamp, key, sequence);
            if (other[0] == null) {
              other[0] =
                  new Thread(
                      () -> {
                        invalidated(key, 10);
                        store.remove(key);
                      });
              other[0].start();
            }
            await().until(() -> MEETS_OR_ENDS.contains(other[0].getState()));
            Value hit = store.get(key);
            if (hit != null && !other[0].isAlive()) {
              hits.add(hit);
            }
            return holds;
          }
        };
    Stamp before = watched.stamp("k");
    store.put("k", new Value(watched, before, 9, 500, "old"), before);
    other[0].join();
    assertThat(hits).isEmpty();
    assertThat(store.get("k")).isNull();
  }

  /**
   * Readers, fills, puts and invalidations of two keys, cut into their steps and interleaved at
   * random; the model knows the newest value. When all records have been applied no older value may
   * be in memory.
   */
  @Test
  void noScheduleLeavesAnInvalidatedValueInMemory() {
    Seeds.run(20_000, (seed, random) -> new Schedule(random).run());
  }

  private void put(String key, String value, Stamp stamp, long sequence, long until) {
    store.put(key, new Value(partition, stamp, sequence, until, value), stamp);
  }

  private void invalidate(String key, long sequence) {
    partition.invalidated(key, sequence);
    store.removeOlder(key, sequence);
  }

  /** One schedule: a model Redis with leases and a log, and a node that lags behind it. */
  private static final class Schedule {
    private static final int READERS = 4;

    private final SplittableRandom random;
    private final Partition partition = new Partition(Long.MAX_VALUE, new Bans());
    private final MemoryStore<Value> store =
        MemoryStore.ofEntries("c", 100, Clock.exact(new ManualTicker()));

    private final Map<String, Integer> truth = new HashMap<>(); // the database
    private final Map<String, long[]> redis = new HashMap<>(); // key -> value, sequence
    private final Map<String, Long> leases = new HashMap<>();
    private final List<Object[]> log = new ArrayList<>();
    private long sequence;
    private int applied;

    Schedule(SplittableRandom random) {
      this.random = random;
    }

    void run() {
      List<List<Runnable>> actors = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        actors.add(new Reader(key()).steps());
      }
      actors.add(writer(key(), false));
      actors.add(writer(key(), random.nextBoolean()));
      while (!actors.isEmpty()) {
        if (random.nextInt(3) == 0) {
          applyOne();
        }
        List<Runnable> actor = actors.get(random.nextInt(actors.size()));
        actor.remove(0).run();
        if (actor.isEmpty()) {
          actors.remove(actor);
        }
      }
      while (applied < log.size()) {
        applyOne();
      }
      for (String key : List.of("a", "b")) {
        Value left = store.get(key);
        if (left != null) {
          assertThat(left.text).isEqualTo(String.valueOf(truth.getOrDefault(key, 0)));
        }
      }
    }

    private String key() {
      return random.nextBoolean() ? "a" : "b";
    }

    private void applyOne() {
      if (applied < log.size()) {
        Object[] record = log.get(applied++);
        partition.invalidated((String) record[0], (long) record[1]);
        store.removeOlder((String) record[0], (long) record[1]);
      }
    }

    /** Changes the truth and then invalidates (on another node), or puts (on this one). */
    private List<Runnable> writer(String key, boolean put) {
      long[] mine = new long[2];
      Stamp[] stamp = new Stamp[1];
      List<Runnable> steps = new ArrayList<>();
      steps.add(() -> mine[0] = truth.merge(key, 1, Integer::sum));
      steps.add(() -> stamp[0] = partition.stamp(key));
      steps.add(
          () -> {
            mine[1] = ++sequence;
            leases.remove(key);
            redis.remove(key);
            if (put && mine[0] == truth.get(key)) {
              redis.put(key, new long[] {mine[0], mine[1] - 1});
            } else {
              mine[0] = -1; // somebody wrote after us: invalidate only
            }
            log.add(new Object[] {key, mine[1]});
          });
      if (put) {
        steps.add(() -> partition.invalidated(key, mine[1]));
        steps.add(() -> store.removeOlder(key, mine[1]));
        steps.add(
            () -> {
              if (mine[0] >= 0) {
                keep(key, mine[0], stamp[0], mine[1]);
              }
            });
      }
      return steps;
    }

    private void keep(String key, long value, Stamp stamp, long seq) {
      store.put(
          key, new Value(partition, stamp, seq, Long.MAX_VALUE, String.valueOf(value)), stamp);
    }

    /** Reads through: stamp, lease or hit, load, stamp, fill, keep. */
    private final class Reader {
      private final String key;
      private Stamp stamp;
      private long token;
      private long value = -1;
      private long respected;
      private boolean load;
      private boolean keep;

      Reader(String key) {
        this.key = key;
      }

      List<Runnable> steps() {
        List<Runnable> steps = new ArrayList<>();
        steps.add(() -> stamp = partition.stamp(key));
        steps.add(this::lease);
        steps.add(this::load);
        steps.add(
            () -> {
              if (load) {
                stamp = partition.stamp(key);
              }
            });
        steps.add(this::fill);
        steps.add(
            () -> {
              if (keep) {
                keep(key, value, stamp, respected);
              }
            });
        return steps;
      }

      private void lease() {
        long[] entry = redis.get(key);
        if (entry != null) {
          value = entry[0];
          respected = entry[1];
          keep = true;
        } else if (!leases.containsKey(key)) {
          token = ++sequence;
          leases.put(key, token);
          load = true;
        }
      }

      private void load() {
        if (load) {
          value = truth.getOrDefault(key, 0);
        }
      }

      private void fill() {
        if (load && leases.getOrDefault(key, -1L) == token) {
          leases.remove(key);
          redis.put(key, new long[] {value, token});
          respected = token;
          keep = true;
        }
      }
    }
  }

  private static final class Value extends MemoryEntry {
    private final String text;

    Value(Partition partition, Stamp stamp, long sequence, long until, String text) {
      super(partition, stamp, stamp.mark(), sequence, until, 1);
      this.text = text;
    }

    @Override
    protected List<String> itsTags() {
      return List.of();
    }
  }
}
