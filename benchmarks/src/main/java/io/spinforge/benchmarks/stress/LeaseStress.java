package io.spinforge.benchmarks.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.spinforge.balance.Lease;
import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.Outcome;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** A lease that is completed and closed at once ends once, by one of the two. */
@JCStressTest
@org.openjdk.jcstress.annotations.Outcome(
    id = {"1, 0, 0", "0, 1, 0"},
    expect = ACCEPTABLE,
    desc = "a success or a cancellation, and nothing in flight")
@State
public class LeaseStress {
  private final LoadBalancer<String> balancer = LoadBalancer.<String>builder().build();
  private final Lease<String> lease;

  public LeaseStress() {
    balancer.update(List.of("a"));
    lease = balancer.lease();
  }

  @Actor
  public void complete() {
    lease.complete(Outcome.SUCCESS);
  }

  @Actor
  public void close() {
    lease.close();
  }

  @Arbiter
  public void count(LLL_Result result) {
    result.r1 = balancer.stats().successes();
    result.r2 = balancer.stats().cancelled();
    result.r3 = balancer.stats().inFlight() + balancer.stats().surplusEnds();
  }
}
