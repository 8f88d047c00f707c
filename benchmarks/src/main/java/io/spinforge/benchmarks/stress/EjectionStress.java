package io.spinforge.benchmarks.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.Member;
import io.spinforge.balance.Outcome;
import io.spinforge.balance.Outlier;
import io.spinforge.balance.Policy;
import java.time.Duration;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** Two failures at once eject a member once, and nobody is sent there afterwards. */
@JCStressTest
@org.openjdk.jcstress.annotations.Outcome(
    id = "1, 1, 0",
    expect = ACCEPTABLE,
    desc = "one ejection, one ejected, not chosen")
@State
public class EjectionStress {
  private final LoadBalancer<String> balancer =
      LoadBalancer.<String>builder()
          .policy(Policy.random())
          .outlier(Outlier.nginx(2, Duration.ofHours(1)))
          .build();
  private final Member<String> first;
  private final Member<String> second;

  public EjectionStress() {
    balancer.update(List.of("a", "b"));
    first = acquire("a");
    second = acquire("a");
  }

  private Member<String> acquire(String value) {
    while (true) {
      Member<String> member = balancer.acquire();
      if (member.value().equals(value)) {
        return member;
      }
      member.end(member.begin(), Outcome.IGNORED);
    }
  }

  @Actor
  public void one() {
    first.end(first.begin(), Outcome.FAILURE);
  }

  @Actor
  public void other() {
    second.end(second.begin(), Outcome.TIMEOUT);
  }

  @Arbiter
  public void count(LLL_Result result) {
    int chosen = 0;
    for (int i = 0; i < 8; i++) {
      chosen += balancer.pick().value().equals("a") ? 1 : 0;
    }
    result.r1 = balancer.stats().ejections();
    result.r2 = balancer.stats().ejected();
    result.r3 = chosen;
  }
}
