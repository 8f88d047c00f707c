package io.spinforge.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MembershipTest {
  private final Map<String, Double> weights = new HashMap<>();
  private final LoadBalancer<String> balancer =
      LoadBalancer.<String>builder()
          .policy(Policy.smoothWeighted())
          .weight(value -> weights.getOrDefault(value, 1.0))
          .random(() -> () -> 0)
          .build();

  @Test
  void thereIsNobodyBeforeTheFirstUpdateAndAfterAnEmptyOne() {
    assertNobody();
    balancer.update(List.of("a"));
    assertThat(balancer.pick().value()).isEqualTo("a");
    balancer.update(List.of());
    assertNobody();
    assertThat(balancer.stats().noMembers()).isGreaterThanOrEqualTo(6);
  }

  private void assertNobody() {
    assertThat(balancer.pickOrNull()).isNull();
    assertThatThrownBy(balancer::pick).isSameAs(NoMembersException.INSTANCE);
    assertThatThrownBy(balancer::acquire).isSameAs(NoMembersException.INSTANCE);
    assertThatThrownBy(balancer::lease).isSameAs(NoMembersException.INSTANCE);
    assertThat(NoMembersException.INSTANCE.getStackTrace()).isEmpty();
  }

  @Test
  void weightsAreServedSmoothly() {
    weights.put("a", 5.0);
    balancer.update(List.of("a", "b", "c"));
    assertThat(picks(14)).isEqualTo("aabacaaaabacaa");
  }

  @Test
  void duplicatesAddTheirWeights() {
    balancer.update(List.of("a", "b", "a", "c", "a", "a", "a"));
    assertThat(balancer.snapshot().members()).hasSize(3);
    assertThat(balancer.snapshot().members().get(0).weight()).isEqualTo(5);
    assertThat(picks(7)).isEqualTo("aabacaa");
  }

  @Test
  void weightZeroDrains() {
    balancer.update(List.of("a", "b"));
    Member<String> member = balancer.acquire();
    weights.put(member.value(), 0.0);
    balancer.update(List.of("a", "b"));
    assertThat(picks(20)).doesNotContain(member.value());
    assertThat(balancer.stats().draining()).isEqualTo(1);
    assertThat(balancer.stats().inFlight()).isEqualTo(1);
    member.end(member.begin(), Outcome.SUCCESS);
    assertThat(balancer.stats().inFlight()).isZero();
  }

  @Test
  void allWeightsZeroIsNobody() {
    weights.put("a", 0.0);
    balancer.update(List.of("a"));
    assertThat(balancer.pickOrNull()).isNull();
  }

  @Test
  void wrongWeightsAreRejectedByNameAndNothingChanges() {
    balancer.update(List.of("a"));
    weights.put("bad", -1.0);
    weights.put("worse", Double.NaN);
    weights.put("huge", 65_537.0);
    weights.put("infinite", Double.POSITIVE_INFINITY);
    assertThatThrownBy(
            () -> balancer.update(Arrays.asList("bad", "b", "worse", null, "huge", "infinite")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "weight of bad: -1.0 (expected: 0 to 65536); "
                + "weight of worse: NaN (expected: 0 to 65536); "
                + "values[3]: null (expected: a value); "
                + "weight of huge: 65537.0 (expected: 0 to 65536); "
                + "weight of infinite: Infinity (expected: 0 to 65536)");
    assertThat(picks(3)).isEqualTo("aaa");
    assertThat(balancer.stats().updates()).isEqualTo(1);
  }

  @Test
  void sumsOfDuplicatesThatOverflowAreRejected() {
    weights.put("a", 65_536.0);
    assertThatThrownBy(() -> balancer.update(List.of("a", "a")))
        .hasMessage("weight of a: 131072.0 (expected: 0 to 65536 in all)");
  }

  @Test
  void membersAndTheirCountersSurviveUpdates() {
    balancer.update(List.of("a"));
    Member<String> member = balancer.acquire();
    balancer.update(List.of("b", "a"));
    assertThat(member("a")).isSameAs(member);
    assertThat(member.inFlight()).isEqualTo(1);
  }

  @Test
  void aRemovedMemberAcceptsItsEndsAndRevivesWithItsCounters() {
    balancer.update(List.of("a"));
    Member<String> member = balancer.acquire();
    Member<String> again = balancer.acquire();
    balancer.update(List.of("b"));
    member.end(member.begin(), Outcome.FAILURE);
    assertThat(member.inFlight()).isEqualTo(1);
    assertThat(balancer.stats().failures()).isEqualTo(1);
    assertThat(balancer.stats().inFlight()).isZero();

    balancer.update(List.of("a"));
    assertThat(balancer.acquire()).isSameAs(member).isSameAs(again);
    assertThat(member.inFlight()).isEqualTo(2);
    assertThat(balancer.snapshot().members().get(0).failures()).isEqualTo(1);
  }

  @Test
  void membersThatLeftAreForgottenInTheEndButNotTheirCounts() {
    for (int i = 0; i < 1_000; i++) {
      balancer.update(List.of("member-" + i));
      Member<String> member = balancer.acquire();
      member.end(member.begin(), Outcome.SUCCESS);
    }
    assertThat(balancer.stats().successes()).isEqualTo(1_000);
    Member<String> forgotten = balancer.pick();
    balancer.update(IntStream.range(0, 100).mapToObj(i -> "other-" + i).toList());
    for (int i = 0; i < 300; i++) {
      balancer.update(List.of("more-" + i));
    }
    balancer.update(List.of(forgotten.value()));
    assertThat(balancer.pick()).isNotSameAs(forgotten);
  }

  @Test
  void aMemberWithRequestsInFlightIsNotForgotten() {
    balancer.update(List.of("busy"));
    Member<String> busy = balancer.acquire();
    for (int i = 0; i < 300; i++) {
      balancer.update(List.of("member-" + i));
    }
    balancer.update(List.of("busy"));
    assertThat(balancer.pick()).isSameAs(busy);
  }

  @Test
  void anEndTooManyIsCountedAndLeavesNothingBelowZero() {
    balancer.update(List.of("a"));
    Member<String> member = balancer.acquire();
    long start = member.begin();
    member.end(start, Outcome.SUCCESS);
    member.end(start, Outcome.SUCCESS);
    member.end(start, Outcome.FAILURE);
    assertThat(member.inFlight()).isZero();
    assertThat(balancer.stats().surplusEnds()).isEqualTo(2);
    assertThat(balancer.stats().requests()).isEqualTo(1);
  }

  @Test
  void theLatestOfEqualValuesIsServed() {
    record Instance(String id, String zone) {
      @Override
      public boolean equals(Object other) {
        return other instanceof Instance instance && instance.id.equals(id);
      }

      @Override
      public int hashCode() {
        return id.hashCode();
      }
    }
    LoadBalancer<Instance> instances = LoadBalancer.<Instance>builder().build();
    instances.update(List.of(new Instance("a", "old")));
    instances.update(List.of(new Instance("a", "new")));
    assertThat(instances.pick().value().zone()).isEqualTo("new");
  }

  @Test
  void listenersHearOfMembersThatComeAndGo() {
    List<String> heard = new ArrayList<>();
    BalancerListener<String> listener =
        new BalancerListener<>() {
          @Override
          public void onAdded(Member<String> member) {
            heard.add("+" + member);
          }

          @Override
          public void onRemoved(Member<String> member) {
            heard.add("-" + member);
          }

          @Override
          public void onEnd(Member<String> member, Outcome outcome, long nanos) {
            heard.add(member + " " + outcome);
            throw new IllegalStateException("a listener's own fault");
          }
        };
    balancer.update(List.of("a", "b"));
    balancer.addListener(listener);
    balancer.update(List.of("c", "b"));
    balancer.update(List.of("a"));
    Member<String> member = balancer.acquire();
    member.end(member.begin(), Outcome.SUCCESS);
    balancer.removeListener(listener);
    balancer.update(List.of());
    assertThat(heard).containsExactly("+a", "+b", "-a", "+c", "-c", "-b", "+a", "a SUCCESS");
  }

  @Test
  void theSnapshotShowsEveryMemberInOrder() {
    weights.put("b", 0.0);
    balancer.update(List.of("b", "a"));
    Member<String> member = balancer.acquire();
    member.end(member.begin(), Outcome.SUCCESS);
    balancer.acquire();
    Snapshot<String> snapshot = balancer.snapshot();
    assertThat(snapshot.members())
        .containsExactly(
            new Snapshot.MemberSnapshot<>("b", 0, 0, 0, Double.NaN, false, 0, 0),
            new Snapshot.MemberSnapshot<>("a", 1, 1, 1, Double.NaN, false, 1, 0));
    assertThat(snapshot.panic()).isFalse();
  }

  private Member<String> member(String value) {
    for (int i = 0; i < 100; i++) {
      Member<String> member = balancer.pick();
      if (member.value().equals(value)) {
        return member;
      }
    }
    throw new AssertionError(value + " was never chosen");
  }

  private String picks(int times) {
    return IntStream.range(0, times)
        .mapToObj(i -> balancer.pick().value())
        .collect(Collectors.joining());
  }
}
