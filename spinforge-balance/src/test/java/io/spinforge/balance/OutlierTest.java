package io.spinforge.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.balance.guard.Health;
import io.spinforge.testkit.ManualTicker;
import io.spinforge.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OutlierTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final ManualTicker ticker = new ManualTicker();
  private final LoadBalancer<String> balancer =
      LoadBalancer.<String>builder()
          .policy(Policy.roundRobin())
          .outlier(Outlier.nginx(3, TIMEOUT))
          .ticker(ticker)
          .build();

  @Test
  void pickSkipsEjectedMembers() {
    balancer.update(List.of("a", "b", "c"));
    fail("b", 3);
    assertThat(picked(12)).containsExactly("a", "c");
    assertThat(balancer.stats().ejections()).isEqualTo(1);
    assertThat(balancer.stats().ejected()).isEqualTo(1);
  }

  @Test
  void statsNameTheRuleThatEjects() {
    assertThat(balancer.stats().outlier()).contains(Outlier.Rule.NGINX);
    assertThat(List.of(Outlier.consecutive(5), Outlier.consecutive(5).maxEjected(0.5)))
        .allMatch(outlier -> outlier.rule() == Outlier.Rule.CONSECUTIVE);
    assertThat(Outlier.successRate(1.9).maxEjected(0.5).rule())
        .isEqualTo(Outlier.Rule.SUCCESS_RATE);
    assertThat(Outlier.failurePercentage(85).volume(3, 10).rule())
        .isEqualTo(Outlier.Rule.FAILURE_PERCENTAGE);
    LoadBalancer<String> plain = LoadBalancer.<String>builder().policy(Policy.roundRobin()).build();
    assertThat(plain.stats().outlier()).isEmpty();
  }

  @Test
  void afterTheTimeoutOneRequestTriesAndItsSuccessTakesTheMemberBack() {
    balancer.update(List.of("a", "b", "c"));
    fail("b", 3);
    ticker.advance(TIMEOUT);
    assertThat(acquired(12)).as("a timeout is inclusive").containsExactly("a", "c");
    ticker.advance(Duration.ofNanos(1));
    List<Member<String>> members = acquire(12);
    List<Member<String>> trials =
        members.stream().filter(member -> member.value().equals("b")).toList();
    assertThat(trials).hasSize(1);
    trials.get(0).end(trials.get(0).begin(), Outcome.SUCCESS);
    assertThat(acquired(12)).containsExactly("a", "b", "c");
    assertThat(balancer.stats().ejected()).isZero();
  }

  @Test
  void aFailedTrialWaitsForAnotherTimeout() {
    balancer.update(List.of("a", "b"));
    fail("b", 3);
    ticker.advance(TIMEOUT.plusSeconds(1));
    Member<String> trial = acquireOnly("b");
    trial.end(trial.begin(), Outcome.FAILURE);
    ticker.advance(TIMEOUT);
    assertThat(acquired(8)).containsExactly("a");
    ticker.advance(Duration.ofSeconds(1));
    assertThat(acquired(8)).containsExactly("a", "b");
    assertThat(balancer.stats().ejections()).isEqualTo(1);
  }

  @Test
  void aPickWithoutFeedbackLeavesTheTrialToOthers() {
    balancer.update(List.of("a", "b"));
    fail("b", 3);
    ticker.advance(TIMEOUT.plusSeconds(1));
    assertThat(picked(8)).containsExactly("a");
    assertThat(acquired(8)).containsExactly("a", "b");
  }

  @Test
  void theCountIsNotASlidingWindow() {
    balancer.update(List.of("a", "b"));
    fail("b", 1);
    ticker.advance(Duration.ofSeconds(29));
    serve("b", Outcome.SUCCESS);
    fail("b", 1);
    ticker.advance(Duration.ofSeconds(29));
    serve("b", Outcome.SUCCESS);
    fail("b", 1);
    assertThat(balancer.stats().ejected()).as("58 s after the first failure").isEqualTo(1);
  }

  @Test
  void aSuccessLongAfterTheLastFailureClearsTheCount() {
    balancer.update(List.of("a", "b"));
    fail("b", 2);
    ticker.advance(Duration.ofSeconds(31));
    serve("b", Outcome.SUCCESS);
    fail("b", 2);
    assertThat(balancer.stats().ejected()).isZero();
  }

  @Test
  void aSingleMemberIsNeverEjected() {
    balancer.update(List.of("a"));
    fail("a", 50);
    assertThat(balancer.pick().value()).isEqualTo("a");
    assertThat(balancer.stats().ejections()).isZero();
  }

  @Test
  void whenAllAreEjectedAllAreUsedAndThatIsCounted() {
    balancer.update(List.of("a", "b"));
    fail("a", 3);
    fail("b", 3);
    assertThat(balancer.stats().panic()).isTrue();
    assertThat(acquired(8)).containsExactly("a", "b");
    assertThat(balancer.stats().panicPicks()).isGreaterThanOrEqualTo(8);
    ticker.advance(TIMEOUT.plusSeconds(1));
    serve("a", Outcome.SUCCESS);
    assertThat(balancer.stats().panic()).isFalse();
    assertThat(picked(8)).containsExactly("a");
  }

  @Test
  void belowThePanicThresholdAllAreUsed() {
    LoadBalancer<String> half =
        LoadBalancer.<String>builder()
            .policy(Policy.roundRobin())
            .outlier(Outlier.consecutive(1))
            .panicThreshold(0.5)
            .ticker(ticker)
            .build();
    half.update(List.of("a", "b", "c", "d"));
    for (int i = 0; i < 2; i++) {
      Member<String> member = half.acquire();
      member.end(member.begin(), Outcome.FAILURE);
    }
    assertThat(half.stats().panic()).isFalse();
    Member<String> third = half.acquire();
    third.end(third.begin(), Outcome.FAILURE);
    assertThat(half.stats().panic()).isTrue();
    assertThat(half.stats().ejected()).isEqualTo(3);
    TreeSet<String> seen = new TreeSet<>();
    for (int i = 0; i < 12; i++) {
      seen.add(half.acquire().value());
    }
    assertThat(seen).containsExactly("a", "b", "c", "d");
  }

  @Test
  void noMoreThanAPartOfTheMembersIsEjectedByFailuresInARow() {
    LoadBalancer<Integer> tenth =
        LoadBalancer.<Integer>builder()
            .policy(Policy.roundRobin())
            .outlier(Outlier.consecutive(1).maxEjected(0.1))
            .ticker(ticker)
            .build();
    tenth.update(IntStream.range(0, 29).boxed().toList());
    for (int i = 0; i < 100; i++) {
      Member<Integer> member = tenth.acquire();
      member.end(member.begin(), Outcome.FAILURE);
    }
    assertThat(tenth.stats().ejected()).isEqualTo(2);
    tenth.update(IntStream.range(0, 40).boxed().toList());
    for (int i = 0; i < 100; i++) {
      Member<Integer> member = tenth.acquire();
      member.end(member.begin(), Outcome.FAILURE);
    }
    assertThat(tenth.stats().ejected()).isEqualTo(4);
    ticker.advance(Duration.ofSeconds(31));
    for (int i = 0; i < 100; i++) {
      Member<Integer> member = tenth.acquire();
      member.end(member.begin(), member.ejected() ? Outcome.SUCCESS : Outcome.IGNORED);
    }
    assertThat(tenth.stats().ejected()).isZero();
    Member<Integer> again = tenth.acquire();
    again.end(again.begin(), Outcome.FAILURE);
    assertThat(tenth.stats().ejected()).as("there is room again").isEqualTo(1);
    LoadBalancer<Integer> none =
        LoadBalancer.<Integer>builder()
            .policy(Policy.roundRobin())
            .outlier(Outlier.consecutive(1).maxEjected(0))
            .ticker(ticker)
            .build();
    none.update(List.of(1, 2, 3));
    for (int i = 0; i < 9; i++) {
      Member<Integer> member = none.acquire();
      member.end(member.begin(), Outcome.FAILURE);
    }
    assertThat(none.stats().ejected()).as("one in any case").isEqualTo(1);
  }

  @Test
  void aStormOfFailuresEjectsNoMoreThanThatPart() throws Exception {
    LoadBalancer<Integer> fifth =
        LoadBalancer.<Integer>builder()
            .policy(Policy.random())
            .outlier(Outlier.consecutive(1).maxEjected(0.2))
            .build();
    fifth.update(IntStream.range(0, 20).boxed().toList());
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> storms = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        storms.add(
            threads.submit(
                () -> {
                  for (int j = 0; j < 3_000; j++) {
                    Member<Integer> member = fifth.acquire();
                    member.end(member.begin(), Outcome.FAILURE);
                    assertThat(fifth.stats().ejected()).isLessThanOrEqualTo(4);
                  }
                }));
      }
      for (Future<?> storm : storms) {
        storm.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(fifth.stats().ejected()).isEqualTo(4);
  }

  @Test
  void clientErrorsAndCancellationsAreNoFailures() {
    balancer.update(List.of("a", "b"));
    for (int i = 0; i < 10; i++) {
      serve("b", Outcome.IGNORED);
      serve("b", Outcome.CANCELLED);
    }
    assertThat(balancer.stats().ejected()).isZero();
    serve("b", Outcome.FAILURE);
    serve("b", Outcome.TIMEOUT);
    serve("b", Outcome.OVERLOADED);
    assertThat(balancer.stats().ejected()).isEqualTo(1);
  }

  @Test
  void aMemberThatComesBackIsStillEjected() {
    balancer.update(List.of("a", "b"));
    fail("b", 3);
    balancer.update(List.of("a"));
    balancer.update(List.of("a", "b"));
    assertThat(picked(8)).containsExactly("a");
  }

  @Test
  void aDrainedMemberDoesNotKeepALastOneFromBeingEjectedAway() {
    LoadBalancer<String> drained =
        LoadBalancer.<String>builder()
            .weight(value -> value.equals("z") ? 0 : 1)
            .outlier(Outlier.nginx(1, TIMEOUT))
            .build();
    drained.update(List.of("a", "z"));
    for (int i = 0; i < 5; i++) {
      Member<String> member = drained.acquire();
      member.end(member.begin(), Outcome.FAILURE);
    }
    assertThat(drained.stats().ejected()).isZero();
  }

  @Test
  void choosesAmongThoseThatNginxWouldChooseAmong() {
    Seeds.run(200, OutlierTest::compareWithNginx);
  }

  private static void compareWithNginx(long seed, SplittableRandom random) {
    int size = 1 + random.nextInt(5);
    int maxFails = 1 + random.nextInt(3);
    int timeout = 1 + random.nextInt(10);
    ManualTicker clock = new ManualTicker();
    clock.set(Duration.ofSeconds(1_000).toNanos());
    Balancer<Integer> ours =
        (Balancer<Integer>)
            LoadBalancer.<Integer>builder()
                .policy(Policy.random())
                .outlier(Outlier.nginx(maxFails, Duration.ofSeconds(timeout)))
                .random(() -> random)
                .ticker(clock)
                .build();
    ours.update(IntStream.range(0, size).boxed().toList());
    NginxPeers nginx = new NginxPeers(size, maxFails, timeout);
    List<Member<Integer>> running = new ArrayList<>();
    for (int step = 0; step < 400; step++) {
      int dice = random.nextInt(10);
      if (dice < 2) {
        clock.advance(Duration.ofSeconds(1 + random.nextInt(timeout + 2)));
      }
      long now = clock.getAsLong() / Duration.ofSeconds(1).toNanos();
      if (dice < 6 || running.isEmpty()) {
        List<Integer> live = nginx.live(now);
        long panics = ours.stats().panicPicks();
        Member<Integer> member = ours.acquire();
        if (live.isEmpty()) {
          assertThat(ours.stats().panicPicks()).isEqualTo(panics + 1);
        } else {
          assertThat(live).contains(member.value());
          nginx.chosen(member.value(), now);
        }
        running.add(member);
      } else {
        Member<Integer> member = running.remove(random.nextInt(running.size()));
        boolean failed = random.nextInt(3) > 0;
        member.end(clock.getAsLong(), failed ? Outcome.FAILURE : Outcome.SUCCESS);
        nginx.freed(member.value(), failed, now);
      }
      assertThat(open(ours, clock.getAsLong())).isEqualTo(nginx.live(now));
    }
  }

  /** Whom the next acquire could return, nobody when that is in panic; looks like an acquire. */
  private static List<Integer> open(Balancer<Integer> balancer, long now) {
    View<Integer> view = balancer.roster.view();
    if (view.due && now - view.dueAt >= 0) {
      balancer.roster.refresh(now);
      view = balancer.roster.view();
    }
    List<Integer> open = new ArrayList<>();
    for (Member<Integer> member : view.choice) {
      Health health = member.health;
      if (!view.guarded || health == null || health.eligible(now)) {
        open.add(member.value());
      }
    }
    open.sort(null);
    return open;
  }

  private void fail(String value, int times) {
    for (int i = 0; i < times; i++) {
      serve(value, Outcome.FAILURE);
    }
  }

  private void serve(String value, Outcome outcome) {
    Member<String> member = acquireOnly(value);
    member.end(member.begin(), outcome);
  }

  private Member<String> acquireOnly(String value) {
    for (int i = 0; i < 100; i++) {
      Member<String> member = balancer.acquire();
      if (member.value().equals(value)) {
        return member;
      }
      member.end(member.begin(), Outcome.IGNORED);
    }
    throw new AssertionError(value + " was never chosen");
  }

  private List<Member<String>> acquire(int times) {
    return IntStream.range(0, times).mapToObj(i -> balancer.acquire()).toList();
  }

  private TreeSet<String> acquired(int times) {
    TreeSet<String> values = new TreeSet<>();
    acquire(times).forEach(member -> values.add(member.value()));
    return values;
  }

  private TreeSet<String> picked(int times) {
    TreeSet<String> values = new TreeSet<>();
    IntStream.range(0, times).forEach(i -> values.add(balancer.pick().value()));
    return values;
  }
}
