package io.spinforge.health;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.spinforge.health.probe.HttpProbe;
import io.spinforge.health.probe.Probe;
import io.spinforge.health.probe.ProbeResult;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The checker as its users see it; probes are asynchronous code of the test. */
class HealthCheckerTest {
  private final Map<String, ProbeResult> results = new ConcurrentHashMap<>();
  private final Probe<String> probe =
      Probe.async(
          (target, timeout) ->
              CompletableFuture.completedFuture(
                  results.getOrDefault(target, ProbeResult.healthy())));

  @Test
  void aNewTargetIsUnknownAndOfferedUntilItsFirstResult() throws Exception {
    CompletableFuture<ProbeResult> answer = new CompletableFuture<>();
    Probe<String> pending = Probe.async((t, limit) -> answer);
    try (HealthChecker<String> checker = builder(pending).build()) {
      assertThat(checker.view().size()).isZero();
      checker.targets(List.of("a", "b"));
      assertThat(checker.view().unknown()).containsExactly("a", "b");
      assertThat(checker.view().effective()).containsExactly("a", "b");
      assertThat(checker.view().panic()).isFalse();
      assertThat(checker.healthOf("a").orElseThrow().status()).isEqualTo(Status.UNKNOWN);
      assertThat(checker.healthOf("x")).isEmpty();
      answer.complete(ProbeResult.healthy());
      assertThat(checker.ready().get(30, TimeUnit.SECONDS).healthy()).containsExactly("a", "b");
      assertThat(checker.healthy()).containsExactly("a", "b");
    }
  }

  @Test
  void theWiringIsAMethodReferenceOnBothSides() {
    AtomicReference<Collection<?>> seen = new AtomicReference<>();
    class Balancer {
      void update(Collection<? extends String> members) {
        seen.set(members);
      }
    }
    class Registry {
      void watch(Consumer<List<String>> watcher) {
        watcher.accept(List.of("a"));
      }
    }
    Balancer balancer = new Balancer();
    try (HealthChecker<String> health = builder(probe).build()) {
      new Registry().watch(health::targets);
      health.onChange(balancer::update);
      await().until(() -> List.of("a").equals(seen.get()));
    }
  }

  @Test
  void changesAreToldWithTheLatestListAndTransitionsInOrder() {
    Queue<List<String>> lists = new ConcurrentLinkedQueue<>();
    Queue<String> flips = new ConcurrentLinkedQueue<>();
    try (HealthChecker<String> checker = builder(probe).build()) {
      checker.onTransition(t -> flips.add(t.target() + " " + t.from() + " " + t.to()));
      checker.targets(List.of("a", "b", "c"));
      await().until(() -> checker.view().healthy().size() == 3);
      checker.onChange(lists::add);
      await().until(() -> List.of("a", "b", "c").equals(last(lists)));
      results.put("b", ProbeResult.failedNow("down"));
      again(checker, "b", Status.UNHEALTHY);
      await().until(() -> List.of("a", "c").equals(last(lists)));
      results.put("b", ProbeResult.degraded("tired"));
      again(checker, "b", Status.DEGRADED);
      await().until(() -> List.of("a", "b", "c").equals(last(lists)));
      await()
          .untilAsserted(
              () ->
                  assertThat(flips)
                      .containsSubsequence(
                          "b UNKNOWN HEALTHY", "b HEALTHY UNHEALTHY", "b UNHEALTHY DEGRADED"));
      assertThat(lists).hasSize(3);
    }
  }

  @Test
  void aReplacedTargetKeepsItsStateAndItsNewValueIsOffered() throws Exception {
    record Instance(String id, int weight) {
      @Override
      public boolean equals(Object other) {
        return other instanceof Instance i && i.id.equals(id);
      }

      @Override
      public int hashCode() {
        return id.hashCode();
      }
    }
    AtomicReference<List<Instance>> seen = new AtomicReference<>(List.of());
    Probe<Instance> healthy =
        Probe.async((t, limit) -> CompletableFuture.completedFuture(ProbeResult.healthy()));
    try (HealthChecker<Instance> checker = builder(healthy).build()) {
      checker.onChange(seen::set);
      checker.targets(List.of(new Instance("a", 1)));
      checker.ready().get(30, TimeUnit.SECONDS);
      checker.targets(List.of(new Instance("a", 5)));
      assertThat(checker.view().healthy().get(0).weight()).isEqualTo(5);
      await().until(() -> seen.get().size() == 1 && seen.get().get(0).weight() == 5);
    }
  }

  @Test
  void panicOffersEverythingAndEndsWhenEnoughAreFit() {
    List<String> down = List.of("a", "b", "c");
    down.forEach(t -> results.put(t, ProbeResult.failedNow("down")));
    try (HealthChecker<String> checker = builder(probe).build()) {
      checker.targets(List.of("a", "b", "c", "d"));
      await().until(() -> checker.view().unhealthy().size() == 3 && checker.view().panic());
      assertThat(checker.view().effective()).containsExactly("a", "b", "c", "d");
      assertThat(checker.stats().panic()).isTrue();
      results.remove("a");
      again(checker, "a", Status.HEALTHY);
      assertThat(checker.view().panic()).isFalse();
      assertThat(checker.view().effective()).containsExactly("a", "d");
    }
  }

  @Test
  void aDrainedTargetIsNeverOfferedAgainWhileListed() throws Exception {
    results.put("b", ProbeResult.failedNow("down"));
    try (HealthChecker<String> checker = builder(probe).build()) {
      checker.targets(List.of("a", "b"));
      checker.ready().get(30, TimeUnit.SECONDS);
      assertThat(checker.drain("a")).isTrue();
      assertThat(checker.drain("x")).isFalse();
      assertThat(checker.view().effective()).containsExactly("b");
      assertThat(checker.view().drained()).containsExactly("a");
      checker.targets(List.of("a", "b"));
      assertThat(checker.view().drained()).containsExactly("a");
      checker.targets(List.of("b"));
      checker.targets(List.of("a", "b"));
      assertThat(checker.view().drained()).isEmpty();
    }
  }

  @Test
  void listenersThatThrowOrBlockStopNeitherOthersNorTheProbing() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicReference<List<String>> seen = new AtomicReference<>();
    HealthListener<Object> listener =
        new HealthListener<>() {
          @Override
          public void onProbe(Object target, ProbeResult result, long nanos) {
            throw new IllegalStateException("onProbe");
          }

          @Override
          public void onTransition(Transition<?> transition) {
            throw new IllegalStateException("onTransition");
          }
        };
    try (HealthChecker<String> checker = builder(probe).listener(listener).build()) {
      checker.onTransition(
          t -> {
            throw new AssertionError("consumer");
          });
      checker.onChange(
          list -> {
            throw new IllegalStateException("change");
          });
      checker.onChange(seen::set);
      checker.targets(List.of("a"));
      await().until(() -> List.of("a").equals(seen.get()));
      await().until(() -> checker.stats().listenerErrors() >= 4);
      checker.onChange(list -> CheckerThreads.hang(release));
      checker.targets(List.of("a", "b"));
      await().until(() -> checker.view().healthy().size() == 2);
      release.countDown();
    }
  }

  @Test
  void aListenerMayCallTheCheckerAndCloseIt() {
    HealthChecker<String> checker = builder(probe).name("test-again").build();
    checker.onChange(
        list -> {
          if (list.size() == 1) {
            checker.targets(List.of("a", "b"));
          } else {
            checker.close();
          }
        });
    checker.targets(List.of("a"));
    await().until(() -> CheckerThreads.of("test-again").isEmpty() && checker.view().size() == 2);
  }

  @Test
  void aReportOnTheIoThreadIsNotForgottenUntilTheNextRound() {
    AtomicReference<HealthChecker<String>> self = new AtomicReference<>();
    AtomicInteger probes = new AtomicInteger();
    HealthListener<String> listener =
        new HealthListener<>() {
          @Override
          public void onProbe(String target, ProbeResult result, long nanos) {
            if (probes.incrementAndGet() == 1) {
              self.get().reportFailure(target, new IOException("seen meanwhile"));
            }
          }
        };
    try (HealthChecker<String> checker = builder(probe).listener(listener).build()) {
      self.set(checker);
      checker.targets(List.of("a"));
      await().until(() -> probes.get() == 2);
    }
  }

  @Test
  void afterCloseTheViewStaysAndNothingElseHappens() throws Exception {
    HealthChecker<String> checker = builder(probe).name("test-closed").build();
    checker.targets(List.of("a"));
    checker.ready().get(30, TimeUnit.SECONDS);
    checker.close();
    checker.close();
    checker.targets(List.of("b"));
    assertThat(checker.drain("a")).isFalse();
    checker.reportFailure("a", new IOException("late"));
    assertThat(checker.view().healthy()).containsExactly("a");
    assertThat(checker.stats().targets()).isEqualTo(1);
    assertThat(CheckerThreads.of("test-closed")).isEmpty();
    HealthChecker<String> never = builder(probe).build();
    CompletableFuture<?> ready = never.ready();
    never.close();
    assertThatThrownBy(ready::join).hasRootCauseInstanceOf(CancellationException.class);
  }

  @Test
  void manyCheckersLeaveNeitherThreadsNorDescriptors() throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.OK)) {
      cycle(server);
      int threads = ManagementFactory.getThreadMXBean().getThreadCount();
      int descriptors = descriptors();
      for (int i = 0; i < 30; i++) {
        cycle(server);
      }
      await()
          .untilAsserted(
              () -> {
                assertThat(CheckerThreads.of("cycle")).isEmpty();
                assertThat(server.open()).isZero();
                assertThat(ManagementFactory.getThreadMXBean().getThreadCount())
                    .isLessThan(threads + 15);
                assertThat(descriptors()).isLessThan(descriptors + 15);
              });
    }
  }

  private static void cycle(ScriptedServer server) throws Exception {
    try (HealthChecker<Integer> checker =
        HealthChecker.<Integer>builder()
            .probe(HttpProbe.get(i -> server.uri().resolve("/" + i)))
            .name("cycle")
            .build()) {
      checker.targets(List.of(1, 2, 3, 4, 5));
      checker.ready().get(30, TimeUnit.SECONDS);
    }
  }

  private static int descriptors() {
    String[] open = new File("/proc/self/fd").list();
    return open == null ? 0 : open.length;
  }

  private static <T> HealthCheckerBuilder<T> builder(Probe<T> probe) {
    return HealthChecker.<T>builder()
        .probe(probe)
        .interval(ofMinutes(5))
        .fastInterval(ofMillis(1))
        .localHealth(0)
        .fall(1);
  }

  /** Has a target probed until it has the status. */
  private static void again(HealthChecker<String> checker, String target, Status status) {
    await()
        .until(
            () -> {
              checker.reportFailure(target, new IOException("test"));
              return checker.healthOf(target).orElseThrow().status() == status;
            });
    await()
        .until(
            () -> {
              HealthView<String> view = checker.view();
              return switch (status) {
                case HEALTHY -> view.healthy().contains(target);
                case DEGRADED -> view.degraded().contains(target);
                case UNHEALTHY -> view.unhealthy().contains(target);
                case UNKNOWN -> view.unknown().contains(target);
              };
            });
  }

  private static ProbeResult last(HealthChecker<String> checker, String target) {
    return checker.healthOf(target).orElseThrow().last();
  }

  private static <E> E last(Queue<E> queue) {
    List<E> all = new ArrayList<>(queue);
    return all.isEmpty() ? null : all.get(all.size() - 1);
  }
}
