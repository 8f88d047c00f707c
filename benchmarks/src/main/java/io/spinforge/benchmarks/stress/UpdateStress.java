package io.spinforge.benchmarks.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.Member;
import io.spinforge.balance.Outcome;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** A choice during an update returns an old or a new member; after it, a new one. */
@JCStressTest
@org.openjdk.jcstress.annotations.Outcome(
    id = {"new, old, 0", "new, new, 0"},
    expect = ACCEPTABLE,
    desc = "before or after the update, and nothing in flight")
@org.openjdk.jcstress.annotations.Outcome(
    id = "old, .*",
    expect = FORBIDDEN,
    desc = "a removed member after update has returned")
@State
public class UpdateStress {
  private final LoadBalancer<String> balancer = LoadBalancer.<String>builder().build();

  public UpdateStress() {
    balancer.update(List.of("old"));
  }

  private String request() {
    Member<String> member = balancer.acquire();
    member.end(member.begin(), Outcome.SUCCESS);
    return member.value();
  }

  @Actor
  public void update(LLL_Result result) {
    balancer.update(List.of("new"));
    result.r1 = request();
  }

  @Actor
  public void request(LLL_Result result) {
    result.r2 = request();
  }

  @Arbiter
  public void count(LLL_Result result) {
    balancer.update(List.of("old", "new"));
    result.r3 = balancer.stats().inFlight();
  }
}
