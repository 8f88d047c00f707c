package io.spinforge.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LoadDriverTest {
  private static final Target GOOD = n -> CompletableFuture.completedFuture(Answer.ok());

  @Test
  void sendsWhatIsDueWhateverTheTimeOfDayOfTheThread() throws Exception {
    try (LoadDriver driver = LoadDriver.of(GOOD).start()) {
      Phase phase = driver.begin("steady", 200);
      TimeUnit.MILLISECONDS.sleep(500);
      driver.begin("end", 0);
      phase.complete().get(10, TimeUnit.SECONDS);
      // At least 500 ms of 200/s; sleeping longer only makes more of them due.
      assertThat(phase.result().due()).isGreaterThanOrEqualTo(100);
      assertThat(phase.result().ok()).isEqualTo(phase.result().due());
      assertThat(phase.result().unanswered()).isZero();
      assertThat(phase.result().failures()).isEmpty();
    }
  }

  @Test
  void aRateCanBeChangedWhileRequestsAreUnderWayAndEachPhaseKeepsItsOwn() throws Exception {
    Queue<CompletableFuture<Answer>> open = new ConcurrentLinkedQueue<>();
    Target slow =
        n -> {
          CompletableFuture<Answer> answer = new CompletableFuture<>();
          open.add(answer);
          return answer;
        };
    try (LoadDriver driver = LoadDriver.of(slow).start()) {
      Phase first = driver.begin("first", 100);
      Awaitility.await().until(() -> first.result().due() >= 3);
      Phase second = driver.begin("second", 0);
      Awaitility.await().until(first::isAllSent);
      assertThat(first.complete()).isNotDone();
      assertThat(first.result().unanswered()).isEqualTo(first.result().due());
      open.forEach(answer -> answer.complete(Answer.ok()));
      first.complete().get(10, TimeUnit.SECONDS);
      assertThat(first.result().ok()).isEqualTo(first.result().due());
      assertThat(second.result().due()).isZero();
      assertThat(driver.inFlight()).isZero();
    }
  }

  @Test
  void failuresAreCountedByReason() throws Exception {
    Target mixed =
        n ->
            switch ((int) (n % 4)) {
              case 0 -> CompletableFuture.completedFuture(Answer.failed("status 503"));
              case 1 ->
                  CompletableFuture.failedFuture(new ConnectException("refused"))
                      .thenApply(x -> Answer.ok());
              case 2 -> throw new UncheckedIOException(new java.io.IOException("at once"));
              default -> CompletableFuture.completedFuture(Answer.ok());
            };
    try (LoadDriver driver = LoadDriver.of(mixed).start()) {
      Phase phase = driver.begin("mixed", 400);
      Awaitility.await().until(() -> phase.result().due() >= 40);
      driver.begin("end", 0);
      phase.complete().get(10, TimeUnit.SECONDS);
      assertThat(phase.result().failures())
          .containsOnlyKeys("status 503", "ConnectException", "UncheckedIOException");
      assertThat(phase.result().failures().get("ConnectException")).isGreaterThanOrEqualTo(10);
      assertThat(phase.result().failed() + phase.result().ok()).isEqualTo(phase.result().due());
    }
  }

  @Test
  void whatExceedsTheRoomInFlightFailsWithoutBeingSent() throws Exception {
    AtomicLong sent = new AtomicLong();
    Target never =
        n -> {
          sent.incrementAndGet();
          return new CompletableFuture<>();
        };
    try (LoadDriver driver = LoadDriver.of(never).maxInFlight(7).start()) {
      Phase phase = driver.begin("flood", 500);
      Awaitility.await().until(() -> phase.result().due() >= 50);
      driver.begin("end", 0);
      Awaitility.await().until(phase::isAllSent);
      PhaseResult result = phase.result();
      assertThat(sent).hasValue(7);
      assertThat(result.failures()).isEqualTo(Map.of(LoadDriver.NO_ROOM, result.due() - 7));
      assertThat(result.unanswered()).isEqualTo(7);
      assertThat(result.latency().count()).isZero();
    }
  }

  @Test
  void aDriverThatIsItselfLateCallsItsResultInvalid() throws Exception {
    Target blocking =
        n -> {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(30));
          return CompletableFuture.completedFuture(Answer.ok());
        };
    Duration allowed = Duration.ofMillis(50);
    try (LoadDriver driver = LoadDriver.of(blocking).allowedLateness(allowed).start()) {
      Phase phase = driver.begin("held up", 200);
      Awaitility.await().until(() -> phase.result().due() >= 20);
      PhaseResult result = phase.result();
      assertThat(result.lateness().p99()).isGreaterThan(allowed);
      assertThat(result.valid()).isFalse();
      // What the driver lost is not hidden: the requests waited since they were due.
      assertThat(result.latency().p99()).isGreaterThan(allowed);
    }
  }

  @Test
  void closeEndsTheThreadAndRefusesNewPhases() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    LoadDriver driver =
        LoadDriver.of(
                n -> {
                  asked.countDown();
                  return CompletableFuture.completedFuture(Answer.ok());
                })
            .start();
    driver.begin("steady", 100);
    assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
    driver.close();
    driver.close();
    assertThat(Thread.getAllStackTraces().keySet()).noneMatch(thread -> thread == driver.thread());
    assertThatIllegalStateException()
        .isThrownBy(() -> driver.begin("late", 1))
        .withMessage("driver: closed (expected: open)");
  }

  @Test
  void everySettingHasItsRule() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LoadDriver.of(GOOD).maxInFlight(0))
        .withMessage("maxInFlight: 0 (expected: 1 to 100,000)");
    assertThatIllegalStateException()
        .isThrownBy(() -> LoadDriver.of(GOOD).maxInFlight(1).maxInFlight(1))
        .withMessage("maxInFlight: set twice (expected: once)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LoadDriver.of(GOOD).allowedLateness(Duration.ZERO))
        .withMessage("allowedLateness: PT0S (expected: > 0)");
    Duration allowed = Duration.ofMillis(1);
    assertThatIllegalStateException()
        .isThrownBy(() -> LoadDriver.of(GOOD).allowedLateness(allowed).allowedLateness(allowed))
        .withMessage("allowedLateness: set twice (expected: once)");
    try (LoadDriver driver = LoadDriver.of(GOOD).start()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> driver.begin("negative", -1))
          .withMessage("rate: -1.0 (expected: 0 to 1,000,000)");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> driver.begin("none", Double.NaN))
          .withMessage("rate: NaN (expected: 0 to 1,000,000)");
    }
  }
}
