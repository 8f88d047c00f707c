package io.spinforge.metrics.page;

import io.micrometer.core.instrument.Meter;
import io.spinforge.cache.CacheManager;
import io.spinforge.cache.CacheStats;
import io.spinforge.cache.ManagerStats;
import io.spinforge.cache.RedisStats;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A cache manager: where its answers came from, over time and by cache, and how long memory, Redis
 * and the loaders took. A cache times a memory hit each 100 ms; Redis is timed by Lettuce, where
 * the host records its latencies into the registry.
 */
final class CachePanel implements Panel {
  private static final int MOST = 8;
  private static final String LETTUCE = "lettuce.command.completion";

  /** What a cache asks Redis with; the log, which it reads by other commands, waits on purpose. */
  private static final Predicate<Meter.Id> SCRIPTS =
      MeterIndex.tag("command", "EVALSHA").or(MeterIndex.tag("command", "EVAL"));

  private final String id;
  private final String name;
  private final CacheManager manager;
  private final MeterIndex meters;
  private final double seconds;
  private final Ring memory;
  private final Ring memoryAndRedis;
  private final Ring all;
  private final Ring none;
  private final Map<String, Reads> before = new HashMap<>();
  private final Map<String, Reads> lately = new HashMap<>();
  private final Rate scripts = new Rate();
  private final Rate scriptSeconds = new Rate();
  private double memorySeconds = Double.NaN;
  private double redisSeconds = Double.NaN;
  private double loadSeconds = Double.NaN;

  /** Mean time in the loader when a cache last loaded anything. */
  private final Map<String, Double> loads = new HashMap<>();

  private Optional<RedisStats> redis = Optional.empty();

  /** Something that was timed. */
  private record Timed(double count, double seconds) {
    static final Timed NONE = new Timed(0, 0);

    static Timed of(long count, Duration time) {
      return new Timed((double) count, time.toNanos() / 1e9);
    }

    Timed plus(double factor, Timed more) {
      return new Timed(count + factor * more.count, seconds + factor * more.seconds);
    }

    /** Returns the mean time, or what it was before if there was none. */
    double mean(double before) {
      return count > 0 ? seconds / count : before;
    }
  }

  /** What was read, in total or between two looks. */
  private record Reads(
      double memory, double redis, double fresh, double errors, Timed hits, Timed loads) {
    static final Reads NONE = new Reads(0, 0, 0, 0, Timed.NONE, Timed.NONE);

    static Reads of(CacheStats stats) {
      return new Reads(
          (double) (stats.memoryHits() + stats.staleMemoryHits()),
          (double) stats.redisHits(),
          (double) stats.misses(),
          (double) stats.errors(),
          Timed.of(stats.timedMemoryHits(), stats.memoryHitTime()),
          Timed.of(stats.loads(), stats.loadTime()));
    }

    /** Returns this and a multiple of the other. */
    Reads plus(double factor, Reads more) {
      return new Reads(
          memory + factor * more.memory,
          redis + factor * more.redis,
          fresh + factor * more.fresh,
          errors + factor * more.errors,
          hits.plus(factor, more.hits),
          loads.plus(factor, more.loads));
    }

    /** Returns the mean of this and the other: over time, one in which the old fades. */
    Reads mean(Reads more) {
      return plus(1, more.plus(-1, this).scaled());
    }

    private Reads scaled() {
      return NONE.plus(0.5, this);
    }

    double sum() {
      return memory + redis + fresh + errors;
    }
  }

  CachePanel(String id, String name, CacheManager manager, MeterIndex meters, Clocking clocking) {
    this.id = id;
    this.name = name;
    this.manager = manager;
    this.meters = meters;
    this.seconds = clocking.seconds();
    this.memory = new Ring(clocking.history());
    this.memoryAndRedis = new Ring(clocking.history());
    this.all = new Ring(clocking.history());
    this.none = new Ring(clocking.history());
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String title() {
    return "Cache " + name;
  }

  @Override
  public void sample() {
    ManagerStats stats = manager.stats();
    redis = stats.redis();
    Reads came = Reads.NONE;
    lately.keySet().retainAll(stats.caches().keySet());
    loads.keySet().retainAll(stats.caches().keySet());
    for (Map.Entry<String, CacheStats> entry : stats.caches().entrySet()) {
      Reads now = Reads.of(entry.getValue());
      Reads was = before.put(entry.getKey(), now);
      if (was != null) {
        Reads since = now.plus(-1, was);
        came = came.plus(1, since);
        lately.merge(entry.getKey(), since, Reads::mean);
        loads.merge(entry.getKey(), since.loads.mean(Double.NaN), CachePanel::latest);
      }
    }
    memorySeconds = came.hits.mean(memorySeconds);
    loadSeconds = came.loads.mean(loadSeconds);
    double asked = scripts.grown(meters.count(LETTUCE, SCRIPTS));
    double took = scriptSeconds.grown(meters.seconds(LETTUCE, SCRIPTS));
    if (asked > 0) {
      redisSeconds = took / asked;
    }
    double sum = came.sum();
    memory.add(sum == 0 ? Double.NaN : came.memory / sum);
    memoryAndRedis.add(sum == 0 ? Double.NaN : (came.memory + came.redis) / sum);
    all.add(sum == 0 ? Double.NaN : 1);
    none.add(sum == 0 ? Double.NaN : 0);
  }

  @Override
  public List<Reason> reasons() {
    if (redis.isPresent() && !redis.get().up()) {
      return List.of(new Reason(Level.WARN, "cache " + name + " works without its Redis", id));
    }
    return List.of();
  }

  @Override
  public void render(Html out) {
    redis.ifPresent(stats -> redis(out, stats));
    if (before.isEmpty()) {
      out.empty("No cache has been built yet.");
      return;
    }
    out.raw("<p class=\"legend\">").key("memory", "memory", latency(memorySeconds));
    out.key("redis", "Redis", latency(redis.isPresent() ? redisSeconds : Double.NaN));
    out.key("fresh", "loaded fresh", latency(loadSeconds)).raw("</p>");
    if (all.isEmpty()) {
      out.empty("Nothing was read lately.");
    } else {
      Svg.begin(out, "chart", 90, "share of answers from memory, Redis and fresh loads over time")
          .band("fresh", memoryAndRedis, all, 1)
          .band("redis", memory, memoryAndRedis, 1)
          .band("memory", none, memory, 1)
          .end();
    }
    table(out);
  }

  private static Double latest(Double before, Double now) {
    return now.isNaN() ? before : now;
  }

  private static String latency(double seconds) {
    return Double.isNaN(seconds) ? "" : Numbers.time(seconds);
  }

  private static void redis(Html out, RedisStats stats) {
    out.raw("<p class=\"facts\">").badge(stats.up() ? Level.OK : Level.WARN, "Redis");
    out.text(stats.up() ? " in use" : " away; answers come from memory and loaders");
    if (stats.queuedInvalidations() > 0) {
      out.text(", " + Numbers.count(stats.queuedInvalidations()) + " invalidations wait");
    }
    out.raw("</p>");
  }

  private void table(Html out) {
    out.raw(
            "<table><thead><tr><th scope=\"col\">cache</th><th scope=\"col\""
                + " class=\"n\">reads</th>")
        .raw("<th scope=\"col\" class=\"n\">hits</th><th scope=\"col\" class=\"mix\">mix</th>")
        .raw("<th scope=\"col\" class=\"n\">load</th></tr></thead><tbody>");
    List<Map.Entry<String, Reads>> busiest =
        lately.entrySet().stream()
            .sorted(Comparator.comparingDouble(entry -> -entry.getValue().sum()))
            .toList();
    for (Map.Entry<String, Reads> entry : busiest.subList(0, Math.min(MOST, busiest.size()))) {
      row(out, entry.getKey(), entry.getValue());
    }
    out.raw("</tbody></table>");
    if (busiest.size() > MOST) {
      out.element("p", "more", "and " + (busiest.size() - MOST) + " caches with fewer reads");
    }
  }

  private void row(Html out, String cache, Reads reads) {
    double sum = reads.sum();
    out.raw("<tr><th scope=\"row\">").shortText(cache, 40).raw("</th><td class=\"n\">");
    out.text(Numbers.perSecond(sum / seconds)).raw("</td><td class=\"n\">");
    double hits = sum < 1e-6 ? Double.NaN : (reads.memory + reads.redis) / sum;
    out.text(Numbers.share(hits)).raw("</td><td class=\"mix\">");
    if (sum >= 1e-6) {
      double first = reads.memory / sum * Svg.WIDTH;
      double second = reads.redis / sum * Svg.WIDTH;
      Svg.begin(out, "bar", 8, "memory, Redis and fresh of " + cache)
          .rect("fresh", 0, 0, Svg.WIDTH, 8)
          .rect("redis", first, 0, second, 8)
          .rect("memory", 0, 0, first, 8)
          .end();
    }
    out.raw("</td><td class=\"n\">")
        .text(Numbers.time(loads.getOrDefault(cache, Double.NaN)))
        .raw("</td></tr>");
  }
}
