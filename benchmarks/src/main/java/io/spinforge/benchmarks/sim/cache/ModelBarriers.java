package io.spinforge.benchmarks.sim.cache;

import static io.spinforge.benchmarks.sim.cache.ModelRedis.bytes;
import static io.spinforge.benchmarks.sim.cache.ModelRedis.name;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/** Who reads the logs, who has not come to a barrier, whose turn it is to reclaim: in the model. */
final class ModelBarriers {
  private static final String SINCE = "@";

  private final LongSupplier millis;
  private Map<String, String> nodes = new TreeMap<>();
  private Map<String, Set<String>> missing = new HashMap<>();

  private Map<String, String> sweep = new HashMap<>();

  /** Creates one whose clock tells milliseconds, as the server's does. */
  ModelBarriers(LongSupplier millis) {
    this.millis = millis;
  }

  void flush() {
    nodes.clear();
    missing.clear();
    sweep.clear();
  }

  /** Returns what a replica has now. */
  Runnable replica() {
    Map<String, String> n = new TreeMap<>(nodes);
    Map<String, Set<String>> m = new HashMap<>();
    missing.forEach((key, set) -> m.put(key, new TreeSet<>(set)));
    Map<String, String> w = new HashMap<>(sweep);
    return () -> {
      sweep = w;
      nodes = n;
      missing = m;
    };
  }

  /** Notes that a node reads the logs. */
  void announce(String node, String life, String run) {
    long now = millis.getAsLong();
    String till = Long.toString(now + Long.parseLong(life));
    if (!nodes.getOrDefault(SINCE, "").startsWith(run + "|")) {
      nodes.clear();
      nodes.put(SINCE, run + "|" + till);
    }
    nodes.put(node, till + "|" + life);
  }

  List<Object> present(String run) {
    long now = millis.getAsLong();
    String[] since = nodes.getOrDefault(SINCE, "|0").split("\\|", -1);
    List<Object> out = new ArrayList<>();
    out.add(since[0].equals(run) ? Math.max(0, Long.parseLong(since[1]) - now) : -1L);
    nodes.forEach(
        (node, what) -> {
          String[] parts = what.split("\\|", -1);
          if (!node.equals(SINCE) && Long.parseLong(parts[0]) > now) {
            out.add(bytes(node));
            out.add(bytes(parts[1]));
          }
        });
    return out;
  }

  List<Object> leave(String node) {
    return List.of(nodes.remove(node) == null ? 0L : 1L);
  }

  /** Expects nodes to come to a barrier. */
  void expect(String key, byte[][] args, int from) {
    Set<String> set = missing.computeIfAbsent(key, k -> new TreeSet<>());
    for (int i = from; i < args.length; i++) {
      set.add(name(args[i]));
    }
  }

  /** Notes that a node came to a barrier; true if it was the last one. */
  boolean arrived(String key, String node) {
    Set<String> set = missing.getOrDefault(key, Set.of());
    return set.contains(node) && set.remove(node) && set.isEmpty();
  }

  List<Object> turn(byte[][] args) {
    long now = millis.getAsLong();
    String node = name(args[0]);
    String by = sweep.getOrDefault("by", node);
    if (!by.equals(node) && Long.parseLong(sweep.getOrDefault("till", "0")) > now) {
      return List.of(0L);
    }
    String done = name(args[3]);
    long ahead =
        sweep.containsKey("swept")
            ? Long.parseLong(sweep.getOrDefault("swept", "")) - Long.parseLong(name(args[2]))
            : -1;
    if (done.isEmpty() && ahead >= 0 && ahead < 1L << 32) {
      return List.of(2L);
    }
    sweep.put("by", done.isEmpty() ? node : "-");
    sweep.put("till", Long.toString(now + Long.parseLong(name(args[1]))));
    if (!done.isEmpty()) {
      sweep.put("swept", done);
    }
    return List.of(1L);
  }

  long left(String key) {
    return missing.containsKey(key) ? missing.getOrDefault(key, Set.of()).size() : -1;
  }
}
