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

/** Of two ends of one request one counts, whoever comes first; the other is known as surplus. */
@JCStressTest
@org.openjdk.jcstress.annotations.Outcome(
    id = "0, 1, 1",
    expect = ACCEPTABLE,
    desc = "nothing in flight, one request, one surplus end")
@State
public class SurplusEndStress {
  private final LoadBalancer<String> balancer = LoadBalancer.<String>builder().build();
  private final Member<String> member;
  private final long start;

  public SurplusEndStress() {
    balancer.update(List.of("a", "b"));
    member = balancer.acquire();
    start = member.begin();
  }

  @Actor
  public void one() {
    member.end(start, Outcome.SUCCESS);
  }

  @Actor
  public void other() {
    member.end(start, Outcome.CANCELLED);
  }

  @Arbiter
  public void count(LLL_Result result) {
    result.r1 = balancer.stats().inFlight();
    result.r2 = balancer.stats().requests();
    result.r3 = balancer.stats().surplusEnds();
  }
}
