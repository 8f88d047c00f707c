package io.spinforge.benchmarks.sim.cache;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.spinforge.cache.BulkLoad;
import io.spinforge.cache.Cached;
import io.spinforge.cache.Load;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Where the values come from: takes its time before and after it reads one, gives it tags, fails
 * now and then, and says of some that they have not changed, if that is so.
 */
final class SimulatedSource {
  static final List<String> TAGS = List.of("t", "u");

  private final VirtualTime time;
  private final Oracle oracle;
  private final SplittableRandom random;
  private final long latency;

  SimulatedSource(VirtualTime time, Oracle oracle, SplittableRandom random, long latency) {
    this.time = time;
    this.oracle = oracle;
    this.random = random;
    this.latency = latency;
  }

  /** Loads one value. */
  String load(String fullKey, Load<String> load) throws Unlucky {
    pause();
    String value = read(fullKey, load);
    pause();
    fail();
    return random.nextInt(20) == 0 ? load.doNotCache(value) : value;
  }

  /** Loads values together. */
  Map<String, String> loadAll(Set<String> keys, BulkLoad<String, String> loads) throws Unlucky {
    Map<String, String> values = new HashMap<>();
    pause();
    for (String key : keys) {
      values.put(key, read(Schedule.full(key), loads.of(key)));
    }
    pause();
    fail();
    return values;
  }

  private String read(String fullKey, Load<String> load) {
    Cached<String> previous = load.previous().orElse(null);
    if (previous != null && random.nextInt(3) == 0) {
      String before = previous.value();
      if (before != null && oracle.confirmed(fullKey, before)) {
        time.trace("not modified %s", before);
        return load.notModified();
      }
    }
    String[] tags = TAGS.stream().filter(tag -> random.nextInt(2) == 0).toArray(String[]::new);
    String value = oracle.value(List.of(tags));
    load.tag(tags);
    time.trace("loaded %s", value);
    return value;
  }

  private void fail() throws Unlucky {
    boolean interrupted = Thread.interrupted();
    if (random.nextInt(12) == 0 || (interrupted && random.nextBoolean())) {
      throw new Unlucky();
    }
  }

  private void pause() {
    int kind = random.nextInt(40);
    long nanos = random.nextLong(4 * latency);
    if (kind == 0) {
      nanos = MILLISECONDS.toNanos(1200);
    } else if (kind < 6) {
      nanos = random.nextLong(MILLISECONDS.toNanos(300));
    }
    time.sleep(nanos);
  }

  /** A loader that fails. */
  static final class Unlucky extends Exception {
    private static final long serialVersionUID = 1L;

    Unlucky() {
      super("bad luck", null, false, false);
    }
  }
}
