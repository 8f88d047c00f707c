package io.spinforge.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Threads that acquire and end while others update and members are ejected and return. */
class StressTest {
  private static final int UPDATES = 120;
  private static final int MEMBERS = 30;
  private static final Outcome[] OUTCOMES = Outcome.values();

  /** The members of each update, in order. */
  private final List<Set<Integer>> sets = new ArrayList<>();

  /** The last update that was begun, and the last that has returned. */
  private volatile int begun;

  private volatile int returned;

  static List<Policy> policies() {
    return List.of(
        Policy.adaptive(),
        Policy.roundRobin(),
        Policy.smoothWeighted(),
        Policy.leastLoaded(),
        Policy.powerOf(2),
        Policy.peakEwma(Duration.ofMillis(10)),
        Policy.lvsWeighted(),
        Policy.nginx(2, Duration.ofNanos(50_000)),
        Policy.nginxLeastConn(2, Duration.ofNanos(50_000)));
  }

  @ParameterizedTest
  @MethodSource("policies")
  void nothingLeaksAndNobodyWhoWasRemovedIsReturned(Policy policy) throws Exception {
    SplittableRandom random = new SplittableRandom(4711);
    for (int i = 0; i <= UPDATES; i++) {
      Set<Integer> set = new HashSet<>();
      random.ints(1 + random.nextInt(8), 0, MEMBERS).forEach(set::add);
      sets.add(set);
    }
    LoadBalancer<Integer> balancer =
        LoadBalancer.<Integer>builder()
            .policy(policy)
            .weight(value -> 1 + value % 3)
            .outlier(Outlier.nginx(2, Duration.ofNanos(50_000)))
            .build();
    balancer.update(sets.get(0));
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Long>> workers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        SplittableRandom own = random.split();
        Callable<Long> worker = () -> work(balancer, own);
        workers.add(threads.submit(worker));
      }
      threads.submit(() -> update(balancer)).get();
      long requests = 0;
      for (Future<Long> worker : workers) {
        requests += worker.get();
      }
      assertThat(balancer.stats().requests()).isEqualTo(requests);
      assertThat(balancer.stats().surplusEnds()).isZero();
    } finally {
      threads.shutdownNow();
    }
    balancer.update(IntStream.range(0, MEMBERS).boxed().toList());
    assertThat(balancer.stats().inFlight()).isZero();
  }

  private void update(LoadBalancer<Integer> balancer) {
    for (int i = 1; i <= UPDATES; i++) {
      begun = i;
      balancer.update(sets.get(i));
      returned = i;
      Thread.yield();
    }
  }

  private long work(LoadBalancer<Integer> balancer, SplittableRandom random) {
    long requests = 0;
    List<Member<Integer>> running = new ArrayList<>();
    while (returned < UPDATES || requests < 2_000) {
      int from = returned;
      Member<Integer> member = balancer.acquire();
      int to = begun;
      assertThat(listedBetween(from, to, member.value())).isTrue();
      running.add(member);
      if (running.size() > 5) {
        end(running.remove(random.nextInt(5)), random);
      }
      requests++;
    }
    running.forEach(member -> end(member, random));
    return requests;
  }

  private static void end(Member<Integer> member, SplittableRandom random) {
    member.end(member.begin(), OUTCOMES[random.nextInt(OUTCOMES.length)]);
  }

  private boolean listedBetween(int from, int to, Integer value) {
    for (int i = from; i <= to; i++) {
      if (sets.get(i).contains(value)) {
        return true;
      }
    }
    return false;
  }
}
