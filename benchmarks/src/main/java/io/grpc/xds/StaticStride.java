package io.grpc.xds;

import java.util.concurrent.atomic.AtomicInteger;

/** Opens gRPC's static stride scheduler, which only its own package may make. */
public final class StaticStride {
  private final WeightedRoundRobinLoadBalancer.StaticStrideScheduler scheduler;

  /** Creates it at the beginning of its sequence. */
  public StaticStride(float... weights) {
    scheduler =
        new WeightedRoundRobinLoadBalancer.StaticStrideScheduler(weights, new AtomicInteger());
  }

  /** Returns the next index. */
  public int pick() {
    return scheduler.pick();
  }
}
