package io.spinforge.scaling.target;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.ManualTicker;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SupervisorTest {
  private static final Duration START = Duration.ofSeconds(30);
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final ManualTicker ticker = new ManualTicker(Long.MAX_VALUE - 1_000_000_000);
  private final List<FakeChild> children = new ArrayList<>();
  private final List<String> events = new ArrayList<>();
  private final AtomicInteger ports = new AtomicInteger(5000);
  private boolean launchable = true;
  private boolean readyAtOnce = true;
  private final Supervisor supervisor =
      new Supervisor(
          "pool",
          context -> {
            if (!launchable) {
              throw new IOException("no such program");
            }
            FakeChild child = new FakeChild(children.size() + 1);
            child.ready = readyAtOnce;
            children.add(child);
            return child;
          },
          ports::incrementAndGet,
          ticker,
          event -> events.add(event.worker().id() + " " + event.type()),
          START,
          GRACE);

  private static final class FakeChild implements Child {
    private final long pid;
    boolean ready;
    boolean alive = true;
    boolean drained = true;
    boolean stubborn;
    boolean terminated;
    boolean killed;

    FakeChild(long pid) {
      this.pid = pid;
    }

    @Override
    public long pid() {
      return pid;
    }

    @Override
    public Instant startedAt() {
      return Instant.ofEpochSecond(1);
    }

    @Override
    public boolean alive() {
      return alive;
    }

    @Override
    public String exit() {
      return "exit code 1";
    }

    @Override
    public boolean ready() {
      return ready;
    }

    @Override
    public boolean drained() {
      return drained;
    }

    @Override
    public void terminate() {
      terminated = true;
      alive = stubborn;
    }

    @Override
    public void kill() {
      killed = true;
      alive = false;
    }
  }

  private String states() {
    return supervisor.workers().stream()
        .map(worker -> worker.slot() + " " + worker.state())
        .collect(Collectors.joining(", "));
  }

  private void steps(int desired) {
    supervisor.step(desired);
    supervisor.step(desired);
  }

  private FakeChild last() {
    return children.get(children.size() - 1);
  }

  @Test
  void workersStartAndBecomeReady() {
    readyAtOnce = false;
    steps(2);
    assertThat(states()).isEqualTo("0 STARTING, 1 STARTING");
    children.get(1).ready = true;
    supervisor.step(2);
    assertThat(states()).isEqualTo("0 STARTING, 1 READY");
    assertThat(supervisor.busy()).isTrue();
    assertThat(supervisor.workers()).extracting(Worker::id).containsExactly("pool-1", "pool-2");
    assertThat(supervisor.workers()).extracting(Worker::port).doesNotHaveDuplicates();
  }

  @Test
  void deadWorkerIsReplacedAtOnceInItsPlace() {
    steps(2);
    ticker.advance(Supervisor.STABLE);
    children.get(0).alive = false;
    steps(2);
    assertThat(states()).isEqualTo("0 READY, 1 READY");
    assertThat(supervisor.workers().get(0).id()).isEqualTo("pool-3");
    assertThat(events).contains("pool-1 DIED", "pool-3 STARTED", "pool-3 READY");
  }

  @Test
  void crashLoopWaitsOneSecondThenTwiceAsLongUpToAMinute() {
    steps(1);
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      last().alive = false;
      int before = children.size();
      supervisor.step(1);
      long wait = 0;
      while (children.size() == before) {
        ticker.advance(Duration.ofSeconds(1));
        wait++;
        supervisor.step(1);
      }
      waits.add(wait);
    }
    assertThat(waits).containsExactly(0L, 1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);
  }

  @Test
  void workerThatWasReadyForLongEndsTheCrashLoop() {
    steps(1);
    for (int i = 0; i < 4; i++) {
      last().alive = false;
      supervisor.step(1);
      ticker.advance(Duration.ofMinutes(1));
      steps(1);
    }
    ticker.advance(Supervisor.STABLE);
    int before = children.size();
    last().alive = false;
    supervisor.step(1);
    assertThat(children).hasSize(before + 1);
  }

  @Test
  void workerThatNeverBecomesReadyIsKilledAndReplaced() {
    readyAtOnce = false;
    steps(1);
    ticker.advance(START.minusMillis(1));
    supervisor.step(1);
    assertThat(last().killed).isFalse();
    ticker.advance(Duration.ofMillis(1));
    steps(1);
    assertThat(children.get(0).killed).isTrue();
    assertThat(events).contains("pool-1 NEVER_READY", "pool-2 STARTED");
  }

  @Test
  void programThatCannotBeStartedIsTriedAgain() {
    launchable = false;
    steps(1);
    assertThat(states()).isEqualTo("0 WAITING");
    assertThat(supervisor.workers().get(0).pid()).isEqualTo(-1);
    assertThat(events).containsExactly("pool-1 LAUNCH_FAILED", "pool-2 LAUNCH_FAILED");
    launchable = true;
    ticker.advance(Duration.ofSeconds(1));
    steps(1);
    assertThat(states()).isEqualTo("0 READY");
  }

  @Test
  void leastReadyAndThenNewestGoFirst() {
    steps(3);
    readyAtOnce = false;
    steps(4);
    steps(3);
    assertThat(children.get(3).terminated).isTrue();
    steps(2);
    assertThat(children.get(2).terminated).isTrue();
    assertThat(states()).isEqualTo("0 READY, 1 READY");
  }

  @Test
  void readyWorkerIsDrainedBeforeItIsTold() {
    steps(1);
    last().drained = false;
    supervisor.step(0);
    assertThat(states()).isEqualTo("0 DRAINING");
    assertThat(last().terminated).isFalse();
    last().drained = true;
    steps(0);
    assertThat(last().terminated).isTrue();
    assertThat(supervisor.workers()).isEmpty();
    assertThat(events).endsWith("pool-1 DRAINING", "pool-1 STOPPED");
  }

  @Test
  void drainThatTakesTooLongIsCutAndAStubbornWorkerIsKilled() {
    steps(1);
    last().drained = false;
    last().stubborn = true;
    supervisor.step(0);
    ticker.advance(GRACE);
    supervisor.step(0);
    assertThat(states()).isEqualTo("0 STOPPING");
    assertThat(last().killed).isFalse();
    ticker.advance(GRACE);
    steps(0);
    assertThat(last().killed).isTrue();
    assertThat(events).endsWith("pool-1 KILLED");
  }

  @Test
  void placeIsFreeOnlyWhenItsWorkerIsGone() {
    steps(2);
    last().drained = false;
    supervisor.step(1);
    steps(2);
    assertThat(states()).isEqualTo("0 READY, 1 DRAINING, 2 READY");
  }

  @Test
  void consumerOfEventsThatThrowsHarmsNobody() {
    Supervisor other =
        new Supervisor(
            "other",
            context -> new FakeChild(1),
            () -> 1,
            ticker,
            event -> {
              throw new IllegalStateException("boom");
            },
            START,
            GRACE);
    other.step(1);
    assertThat(other.workers()).hasSize(1);
  }
}
