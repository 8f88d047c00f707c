package io.spinforge.benchmarks.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.spinforge.cache.memory.BanMark;
import io.spinforge.cache.memory.Bans;
import io.spinforge.cache.memory.Clock;
import io.spinforge.cache.memory.MemoryEntry;
import io.spinforge.cache.memory.MemoryStore;
import io.spinforge.cache.memory.Partition;
import io.spinforge.cache.memory.Stamp;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * A value that was asked for before an invalidation comes to memory during it. Who reads after the
 * invalidation does not find it, then or later.
 */
@JCStressTest
@Outcome(id = "false, false", expect = ACCEPTABLE, desc = "gone at once and for good")
@Outcome(expect = FORBIDDEN, desc = "what was invalidated is a hit")
@State
public class MemoryStoreStress {
  private static final String KEY = "k";

  private final MemoryStore<Value> store = MemoryStore.ofEntries("c", 8, Clock.exact(() -> 0));
  private final Partition partition = new Partition(1000, new Bans());
  private final Stamp before = partition.stamp(KEY);

  @Actor
  public void fill() {
    store.put(KEY, new Value(partition, before), before);
  }

  @Actor
  public void invalidateAndRead(ZZ_Result result) {
    partition.invalidated(KEY, 10);
    store.remove(KEY);
    Value there = store.get(KEY);
    if (there != null) { // a copy of it would outlive its removal
      store.replace(KEY, there, new Value(there));
    }
    result.r1 = there != null;
  }

  @Arbiter
  public void read(ZZ_Result result) {
    result.r2 = store.get(KEY) != null;
  }

  /** An entry that nothing but the invalidation ends. */
  private static final class Value extends MemoryEntry {
    private static final long OLDER = 9;
    private static final long LONG = 500;

    Value(Partition partition, Stamp stamp) {
      super(partition, stamp, new BanMark(0, 0, 0), OLDER, LONG, 1);
    }

    Value(Value other) {
      super(other, LONG);
    }

    @Override
    protected List<String> itsTags() {
      return List.of();
    }
  }
}
