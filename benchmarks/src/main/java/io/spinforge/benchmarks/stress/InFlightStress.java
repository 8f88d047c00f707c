package io.spinforge.benchmarks.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.Member;
import io.spinforge.balance.Outcome;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/**
 * Two requests on one member leave nothing in flight and are both counted, in the default policy.
 */
@JCStressTest
@org.openjdk.jcstress.annotations.Outcome(
    id = "0, 2, 0",
    expect = ACCEPTABLE,
    desc = "nothing in flight, two requests, none surplus")
@State
public class InFlightStress {
  private final LoadBalancer<String> balancer = LoadBalancer.<String>builder().build();

  public InFlightStress() {
    balancer.update(List.of("a"));
  }

  private void request() {
    Member<String> member = balancer.acquire();
    member.end(member.begin(), Outcome.SUCCESS);
  }

  @Actor
  public void one() {
    request();
  }

  @Actor
  public void other() {
    request();
  }

  @Arbiter
  public void count(LLL_Result result) {
    result.r1 = balancer.stats().inFlight();
    result.r2 = balancer.stats().requests();
    result.r3 = balancer.stats().surplusEnds();
  }
}
