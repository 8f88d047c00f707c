package io.spinforge.health;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.HttpProbe;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Servers and checkers in processes of their own that are killed and stopped. */
class ProcessIT {

  @Test
  void aKilledProcessIsOutLongBeforeTheNextRound() throws Exception {
    Queue<Transition<URI>> flips = new ConcurrentLinkedQueue<>();
    try (ChildJvm server = new ChildJvm(HealthServerMain.class);
        HealthChecker<URI> checker = checker(ofMinutes(5))) {
      URI target = target(server);
      checker.onTransition(flips::add);
      checker.targets(List.of(target));
      assertThat(checker.ready().get(1, TimeUnit.MINUTES).healthy()).containsExactly(target);
      long start = System.nanoTime();
      server.kill();
      await()
          .pollInterval(ofMillis(2))
          .atMost(ofSeconds(30))
          .until(() -> checker.view().unhealthy().size() == 1);
      long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
      assertThat(millis).as("interval is 5 min").isLessThan(10_000);
      await().until(() -> flips.size() == 2);
      assertThat(flips).last().matches(Transition::refused);
    }
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aStoppedProcessTimesOutAndComesBack() throws Exception {
    try (ChildJvm server = new ChildJvm(HealthServerMain.class);
        HealthChecker<URI> checker = checker(ofSeconds(2))) {
      URI target = target(server);
      checker.targets(List.of(target));
      assertThat(checker.ready().get(1, TimeUnit.MINUTES).healthy()).containsExactly(target);
      server.stop();
      await().atMost(ofMinutes(1)).until(() -> checker.view().unhealthy().size() == 1);
      assertThat(checker.healthOf(target).orElseThrow().last())
          .matches(result -> result.failure() == Failure.TIMEOUT);
      server.resume();
      await().atMost(ofMinutes(1)).until(() -> checker.view().healthy().size() == 1);
    }
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aCheckerThatIsStoppedAndResumedDeclaresNobodyDead() throws Exception {
    try (ChildJvm server = new ChildJvm(HealthServerMain.class, "300")) {
      String port = Integer.toString(target(server).getPort());
      try (ChildJvm checker = new ChildJvm(CheckerMain.class, port)) {
        await().atMost(ofMinutes(1)).until(() -> checker.lines().contains("ready"));
        for (int i = 1; i <= 3; i++) {
          checker.stop();
          // What is tested is the time that passes without the checker.
          await().pollDelay(ofMillis(3_000)).until(() -> true);
          checker.resume();
          await().pollDelay(ofMillis(1_500)).until(() -> true);
        }
        checker.poke();
        await().until(() -> checker.lines().stream().anyMatch(l -> l.startsWith("stats ")));
        assertThat(checker.lines()).filteredOn(line -> line.contains("UNHEALTHY")).isEmpty();
        String stats = checker.lines().get(checker.lines().size() - 1);
        assertThat(stats).startsWith("stats 200 ");
        assertThat(Integer.parseInt(stats.substring(10))).isGreaterThanOrEqualTo(3);
        server.kill();
        await()
            .atMost(ofMinutes(1))
            .until(
                () ->
                    checker.lines().stream().filter(l -> l.contains("HEALTHY UNHEALTHY")).count()
                        == 200);
      }
    }
  }

  private static URI target(ChildJvm server) {
    await().atMost(ofMinutes(1)).until(() -> !server.lines().isEmpty());
    return URI.create("http://127.0.0.1:" + server.lines().get(0) + "/health");
  }

  private static HealthChecker<URI> checker(Duration interval) {
    return HealthChecker.<URI>builder()
        .probe(HttpProbe.get(uri -> uri))
        .interval(interval)
        .timeout(ofSeconds(1))
        .build();
  }
}
