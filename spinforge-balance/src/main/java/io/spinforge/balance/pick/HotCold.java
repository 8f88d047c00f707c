package io.spinforge.balance.pick;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Prequal (Wydrowski, Kleinberg, Rumble and Archer, "Load is not what you should balance", NSDI
 * 2024). Every request sends a few probes to nodes drawn at random; answers wait in a pool for the
 * requests that follow, so nobody waits for a probe. An answer is hot if its node has more requests
 * in flight than a quantile of what was answered lately. Of the cold ones the one with the lowest
 * latency is taken, and if all are hot the one with the fewest requests.
 *
 * <ul>
 *   <li>The pool holds 16 answers, one a node; an answer is dropped after a second.
 *   <li>Every request drops one more, in turns the oldest and the worst.
 *   <li>An answer is used {@code max(1, (1 + δ) / ((1 − m/n) · probes − dropped))} times, where m
 *       is the size of the pool, n the number of nodes and δ = 1; each use counts as a request more
 *       on its node. Where that is not above 0, answers last as long as they are fresh.
 *   <li>With fewer than two answers it is the less loaded of two nodes drawn at random.
 * </ul>
 *
 * Loads are compared per weight. What servers report unasked enters the pool like an answer. O(16).
 */
public final class HotCold implements Algorithm {
  /** Asks a node's server for its load. */
  @FunctionalInterface
  public interface Probe {
    /** Sends one probe; must not block. */
    void send(Object value, Answer answer);
  }

  /** Takes what came of a probe, on any thread. */
  public interface Answer {
    /** The server answered. */
    void load(int inFlight, double latency);

    /** Nothing came of it. */
    void none();
  }

  private static final int POOL = 16;
  private static final int LEAST = 2;
  private static final long MAX_AGE = TimeUnit.SECONDS.toNanos(1);
  private static final int FULL = 1 << 30;
  private static final double DROPPED = 1;
  private static final double DELTA = 1;

  private final Probe probe;
  private final double perRequest;
  private final Supplier<RandomGenerator> random;

  /** Slots are set to an answer and back to null by compare-and-set; a race loses an answer. */
  private final AtomicReferenceArray<@Nullable Loaded> pool = new AtomicReferenceArray<>(POOL);

  private final Quantile hot;
  private final AtomicInteger drops = new AtomicInteger();

  /** Creates it with an empty pool. */
  public HotCold(
      Probe probe, double perRequest, double hotAbove, Supplier<RandomGenerator> random) {
    this.probe = probe;
    this.perRequest = perRequest;
    this.random = random;
    hot = new Quantile(hotAbove);
  }

  @Override
  public boolean timed() {
    return true;
  }

  @Override
  public Node newNodeOf(Object value) {
    return new ProbedNode(value);
  }

  @Override
  public Picker over(Node[] nodes, double[] weights) {
    ProbedNode[] own = new ProbedNode[nodes.length];
    for (int i = 0; i < own.length; i++) {
      own[i] = (ProbedNode) nodes[i];
      own[i].position = i;
      own[i].weight = weights[i];
    }
    if (own.length == 1) {
      return now -> 0;
    }
    return new ProbedPicker(own, new PowerOfChoices(2, random).over(nodes, weights));
  }

  private void add(Loaded latest, long now) {
    hot.add(latest.load());
    int free = -1;
    int oldest = 0;
    long age = -1;
    for (int i = 0; i < POOL; i++) {
      Loaded seen = pool.get(i);
      if (seen == null || now - seen.at > MAX_AGE) {
        free = i;
      } else if (seen.node == latest.node) {
        free = i;
        break;
      } else if (now - seen.at > age) {
        age = now - seen.at;
        oldest = i;
      }
    }
    pool.set(free >= 0 ? free : oldest, latest);
  }

  /** One answer. */
  private static final class Loaded {
    final ProbedNode node;
    final long at;
    final double latency;

    /** What was answered and what this pool has sent since; plain, a race miscounts by one. */
    int inFlight;

    int uses;

    Loaded(ProbedNode node, long at, int inFlight, double latency) {
      this.node = node;
      this.at = at;
      this.inFlight = inFlight;
      this.latency = latency;
    }

    double load() {
      return inFlight / node.weight;
    }

    double cost() {
      return latency / node.weight;
    }

    boolean isBetterThan(Loaded other, double hot) {
      boolean isHot = load() > hot;
      if (isHot != other.load() > hot) {
        return !isHot;
      }
      return isHot ? load() < other.load() : cost() < other.cost();
    }
  }

  private final class ProbedPicker implements Picker {
    private final ProbedNode[] nodes;
    private final Picker blind;
    private final IdentityHashMap<ProbedNode, Integer> places = new IdentityHashMap<>();

    /** How often an answer is used: the whole part surely, one more with the rest as its chance. */
    private final double reuse;

    ProbedPicker(ProbedNode[] nodes, Picker blind) {
      this.nodes = nodes;
      this.blind = blind;
      for (int i = 0; i < nodes.length; i++) {
        places.put(nodes[i], i);
      }
      double kept = (1 - (double) POOL / nodes.length) * perRequest - DROPPED;
      reuse = kept <= 0 ? Integer.MAX_VALUE : Math.max(1, (1 + DELTA) / kept);
    }

    @Override
    public int pick(long now) {
      RandomGenerator draw = random.get();
      probe(draw, now);
      int from = draw.nextInt(POOL); // ties go to whoever comes first from here
      double limit = hot.value();
      int best = -1;
      int worst = -1;
      int oldest = -1;
      int usable = 0;
      for (int i = 0; i < POOL; i++) {
        int slot = (from + i) % POOL;
        Loaded seen = pool.get(slot);
        if (seen == null || !isUsable(seen, now)) {
          continue;
        }
        usable++;
        best = best < 0 || beats(seen, best, limit) ? slot : best;
        worst = worst < 0 || !beats(seen, worst, limit) ? slot : worst;
        oldest = oldest < 0 || isOlder(seen, oldest) ? slot : oldest;
      }
      Loaded chosen = best < 0 ? null : pool.get(best);
      if (chosen == null || usable < LEAST || !isUsable(chosen, now)) {
        return blind.pick(now);
      }
      use(best, chosen, draw);
      if (usable > LEAST) {
        pool.set((drops.getAndIncrement() & 1) == 0 ? oldest : worst, null);
      }
      return indexOf(chosen.node);
    }

    private boolean beats(Loaded one, int slot, double limit) {
      Loaded other = pool.get(slot);
      return other == null || one.isBetterThan(other, limit);
    }

    private boolean isOlder(Loaded one, int slot) {
      Loaded other = pool.get(slot);
      return other == null || one.at - other.at < 0;
    }

    /** Fresh, and of a node that may be chosen. */
    private boolean isUsable(Loaded seen, long now) {
      return now - seen.at <= MAX_AGE && indexOf(seen.node) >= 0;
    }

    private int indexOf(ProbedNode node) {
      int position = node.position;
      if (position < nodes.length && nodes[position] == node) {
        return position;
      }
      return places.getOrDefault(node, -1); // there is another picker that has this node too
    }

    private void use(int slot, Loaded chosen, RandomGenerator draw) {
      chosen.inFlight++;
      int uses = ++chosen.uses;
      if (uses + 1 > reuse && (uses >= reuse || draw.nextDouble() >= reuse - uses)) {
        pool.compareAndSet(slot, chosen, null);
      }
    }

    private void probe(RandomGenerator draw, long now) {
      int probes = (int) (perRequest + draw.nextDouble());
      for (int i = 0; i < probes; i++) {
        ProbedNode node = nodes[draw.nextInt(nodes.length)];
        if (node.mayProbe(now)) {
          send(node, now);
        }
      }
    }

    private void send(ProbedNode node, long now) {
      ProbeAnswer answer = new ProbeAnswer(node, now);
      try {
        probe.send(node.value, answer);
      } catch (RuntimeException e) {
        answer.none(); // a probe that cannot be sent must not harm the request
      }
    }
  }

  private static final class ProbeAnswer implements Answer {
    private final ProbedNode node;
    private final long sent;

    ProbeAnswer(ProbedNode node, long sent) {
      this.node = node;
      this.sent = sent;
    }

    @Override
    public void load(int inFlight, double latency) {
      none();
      node.answered(inFlight, latency, sent);
    }

    @Override
    public void none() {
      node.probing.compareAndSet(sent | 1, 0);
    }
  }

  private final class ProbedNode extends Node {
    final Object value;

    /** Where the last picker has it, and with what weight. */
    volatile int position;

    volatile double weight = 1;

    /** When the probe under way was sent, made odd; 0 if there is none. */
    final AtomicLong probing = new AtomicLong();

    private volatile double latency = Double.NaN;

    ProbedNode(Object value) {
      this.value = value;
    }

    boolean mayProbe(long now) {
      long since = probing.get();
      return (since == 0 || now - since > MAX_AGE) && probing.compareAndSet(since, now | 1);
    }

    void answered(int inFlight, double answered, long at) {
      latency = answered;
      add(new Loaded(this, at, inFlight, answered), at);
    }

    @Override
    public void report(double utilization, double perSecond, int inFlight, long now) {
      latency = perSecond > 0 ? inFlight / perSecond * 1e9 : 0;
      int counted = utilization >= 1 ? FULL : inFlight;
      add(new Loaded(this, now, counted, latency), now);
    }

    @Override
    public double latency(long now) {
      return latency;
    }
  }

  /** A quantile of the last 64 values; races lose a value. */
  private static final class Quantile {
    private static final int SIZE = 64;

    private final double quantile;
    private final double[] last = new double[SIZE];
    private final AtomicInteger added = new AtomicInteger();
    private volatile double value;

    Quantile(double quantile) {
      this.quantile = quantile;
    }

    double value() {
      return value;
    }

    void add(double one) {
      int count = added.getAndIncrement() & Integer.MAX_VALUE;
      last[count % SIZE] = one;
      if (count < SIZE || count % 8 == 0) {
        double[] sorted = Arrays.copyOf(last, Math.min(count + 1, SIZE));
        Arrays.sort(sorted);
        value = sorted[(int) (quantile * (sorted.length - 1))];
      }
    }
  }
}
