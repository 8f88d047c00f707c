package io.spinforge.benchmarks.sim.scaling;

import io.spinforge.benchmarks.sim.scaling.HpaReference.Direction;
import io.spinforge.benchmarks.sim.scaling.HpaReference.Kind;
import io.spinforge.benchmarks.sim.scaling.HpaReference.Pod;
import io.spinforge.benchmarks.sim.scaling.HpaReference.Policy;
import io.spinforge.scaling.ApplyResult;
import io.spinforge.scaling.Autoscaler;
import io.spinforge.scaling.Decision;
import io.spinforge.scaling.Phase;
import io.spinforge.scaling.Sample;
import io.spinforge.scaling.ScaleTarget;
import io.spinforge.scaling.ScalingRules;
import io.spinforge.scaling.Signal;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * {@code Autoscaler.tick} against {@link HpaReference} in random steps: {@code java -cp
 * benchmarks.jar io.spinforge.benchmarks.sim.scaling.HpaComparison [steps] [first seed]}, by
 * default 1,000,000 from seed 1.
 *
 * <p>A seed is a configuration (limits, target, rate policies, windows, tolerances) and 200 ticks
 * in a row, so windows and periods fill and empty. In each tick every pod that was asked for is
 * measured, not measured or starting. Where readings are incomplete, the autoscaler holds, as it
 * says, and the HPA does not; that is not compared.
 */
public final class HpaComparison {
  private static final int RUN = 200;

  private HpaComparison() {}

  /** Compares so many steps; the exit status is 1 if any differ. */
  public static void main(String[] args) {
    long steps = args.length > 0 ? Long.parseLong(args[0]) : 1_000_000;
    long first = args.length > 1 ? Long.parseLong(args[1]) : 1;
    System.exit(run(steps, first, System.out) == 0 ? 0 : 1);
  }

  /** Compares so many steps; returns the number of seeds with a difference. */
  static long run(long steps, long first, PrintStream out) {
    long seeds = (steps + RUN - 1) / RUN;
    List<Fleet> fleets =
        LongStream.range(first, first + seeds).parallel().mapToObj(HpaComparison::play).toList();
    long different = 0;
    long changes = 0;
    for (Fleet fleet : fleets) {
      changes += fleet.changes;
      if (fleet.difference != null) {
        different++;
        out.println("seed " + fleet.seed + ": " + fleet.difference);
      }
    }
    out.println("steps: " + seeds * RUN + ", seeds " + first + " to " + (first + seeds - 1));
    out.println("of these with a change: " + changes);
    out.println("seeds that differ: " + different);
    return different;
  }

  private static Fleet play(long seed) {
    Fleet fleet = new Fleet(seed);
    for (int i = 0; i < RUN && fleet.difference == null; i++) {
      fleet.step();
    }
    return fleet;
  }

  private static final class Fleet implements ScaleTarget {
    final long seed;
    private final SplittableRandom random;
    private final HpaReference reference;
    private final Autoscaler scaler;
    private final List<Pod> pods = new ArrayList<>();
    private final int most;
    private Instant now = Instant.parse("2026-03-02T00:00:00Z");
    private int desired;
    long changes;
    @Nullable String difference;

    Fleet(long seed) {
      this.seed = seed;
      random = new SplittableRandom(seed);
      int min = random.nextInt(1, 4);
      most = min + random.nextInt(40);
      int target = random.nextInt(20, 150);
      desired = random.nextInt(min, most + 1);
      Direction up = direction(true);
      Direction down = direction(false);
      reference = new HpaReference(min, most, target, up, down);
      scaler =
          Autoscaler.named("compared")
              .target(this)
              .signal(Signal.utilization(this::samples, target / 100.0))
              .limits(min, most)
              .interval(Duration.ofSeconds(15))
              .zone(ZoneOffset.UTC)
              .behavior(rules(up, ScalingRules.up()), rules(down, ScalingRules.down()))
              .build();
    }

    private Direction direction(boolean up) {
      List<Policy> policies = new ArrayList<>();
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        boolean percent = random.nextBoolean();
        int amount = percent ? random.nextInt(1, up ? 200 : 101) : random.nextInt(1, 8);
        policies.add(new Policy(percent, amount, random.nextInt(1, 300)));
      }
      int window = random.nextInt(3) == 0 ? 0 : random.nextInt(600);
      return new Direction(policies, random.nextBoolean(), window, random.nextInt(0, 30));
    }

    private static ScalingRules rules(Direction direction, ScalingRules.Builder rules) {
      for (Policy policy : direction.policies()) {
        Duration period = Duration.ofSeconds(policy.seconds());
        if (policy.percent()) {
          rules.percent(policy.amount(), period);
        } else {
          rules.instances(policy.amount(), period);
        }
      }
      return rules
          .select(direction.smallest() ? ScalingRules.Select.MIN : ScalingRules.Select.MAX)
          .stabilization(Duration.ofSeconds(direction.windowSeconds()))
          .tolerance(direction.tolerancePercent() / 100.0)
          .build();
    }

    void step() {
      now = now.plusMillis(random.nextInt(1, 30_000));
      fill();
      int before = desired;
      long wanted = reference.decide(now.toEpochMilli(), before, pods);
      Decision decision = scaler.tick(now);
      changes += before == desired ? 0 : 1;
      if (desired != wanted) {
        difference = wanted + " expected of " + pods + ". " + decision.explain();
      }
    }

    private void fill() {
      pods.clear();
      long level = random.nextInt(1, 2500);
      boolean odd = random.nextInt(3) == 0;
      for (int i = 0; i < desired; i++) {
        Kind kind =
            i == 0 || !odd || random.nextInt(4) > 0
                ? Kind.MEASURED
                : random.nextBoolean() ? Kind.MISSING : Kind.STARTING;
        // Requests in hundreds: the worst case of a missing pod is a whole number then.
        pods.add(new Pod(kind, random.nextLong(level), 100L * random.nextInt(1, 20)));
      }
    }

    private List<Sample> samples() {
      List<Sample> samples = new ArrayList<>(pods.size());
      for (int i = 0; i < pods.size(); i++) {
        Pod pod = pods.get(i);
        Phase phase = pod.kind() == Kind.STARTING ? Phase.STARTING : Phase.READY;
        samples.add(
            pod.kind() == Kind.MEASURED
                ? Sample.of("p" + i, phase, (double) pod.usage(), (double) pod.request(), now)
                : Sample.missing("p" + i, phase, (double) pod.request(), now));
      }
      return samples;
    }

    @Override
    public State read() {
      int starting = (int) pods.stream().filter(pod -> pod.kind() == Kind.STARTING).count();
      return new State(desired, desired - starting, starting, "");
    }

    @Override
    public ApplyResult apply(int number, State seen, OptionalLong fence) {
      desired = number;
      return new ApplyResult.Applied(number);
    }
  }
}
