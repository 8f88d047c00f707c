package io.spinforge.benchmarks.sim.balance;

import com.linecorp.armeria.common.loadbalancer.SimpleLoadBalancer;
import io.grpc.xds.StaticStride;
import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.Policy;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;

/**
 * Prints how far weighted round robin strays from the exact shares: over all beginnings of its
 * sequence and all members the most turns that one is ahead or behind. 100 members, weights drawn
 * from 1 to 1,000.
 */
public final class PrefixDeviation {
  private static final int MEMBERS = 100;

  private PrefixDeviation() {}

  /** Prints the table. */
  public static void main(String... args) {
    int[] weights = weights(1);
    for (Picker picker : Picker.values()) {
      System.out.printf(Locale.ROOT, "%-20s %10.6f%n", picker, of(picker.over(weights), weights));
    }
  }

  /** Who is compared. */
  enum Picker {
    SMOOTH_WEIGHTED,
    GRPC_STATIC_STRIDE,
    ARMERIA_WEIGHTED;

    IntSupplier over(int... weights) {
      List<Integer> members = IntStream.range(0, weights.length).boxed().toList();
      return switch (this) {
        case SMOOTH_WEIGHTED -> {
          // One stripe of counters begins at a phase of its own: the least random one is 0.
          LoadBalancer<Integer> balancer =
              LoadBalancer.<Integer>builder()
                  .policy(Policy.smoothWeighted())
                  .weight(member -> weights[member])
                  .random(Zero::new)
                  .build();
          balancer.update(members);
          yield () -> balancer.pick().value();
        }
        case GRPC_STATIC_STRIDE -> {
          float[] floats = new float[weights.length];
          for (int i = 0; i < floats.length; i++) {
            floats[i] = weights[i];
          }
          StaticStride stride = new StaticStride(floats);
          yield stride::pick;
        }
        case ARMERIA_WEIGHTED -> {
          SimpleLoadBalancer<Integer> balancer =
              com.linecorp.armeria.common.loadbalancer.LoadBalancer.ofWeightedRoundRobin(
                  members, member -> weights[member]);
          yield () -> java.util.Objects.requireNonNull(balancer.pick());
        }
      };
    }
  }

  private static final class Zero implements java.util.random.RandomGenerator {
    @Override
    public long nextLong() {
      return 0;
    }
  }

  static int[] weights(long seed) {
    return new SplittableRandom(seed).ints(MEMBERS, 1, 1_001).toArray();
  }

  static double of(IntSupplier picker, int... weights) {
    double sum = IntStream.of(weights).sum();
    int[] turns = new int[weights.length];
    double most = 0;
    for (int step = 1; step <= sum; step++) {
      turns[picker.getAsInt()]++;
      for (int i = 0; i < turns.length; i++) {
        most = Math.max(most, Math.abs(turns[i] - step * weights[i] / sum));
      }
    }
    return most;
  }
}
