package io.spinforge.scaling.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.spinforge.scaling.ApplyResult;
import io.spinforge.scaling.Autoscaler;
import io.spinforge.scaling.Decision;
import io.spinforge.scaling.Phase;
import io.spinforge.scaling.ReactivePolicy;
import io.spinforge.scaling.Sample;
import io.spinforge.scaling.ScaleTarget;
import io.spinforge.scaling.ScalingListener;
import io.spinforge.scaling.ScalingRules;
import io.spinforge.scaling.Signal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes: JVMs of this build, killed for real. */
class ProcessPoolTargetIT {
  private static final Duration SHORT = Duration.ofMillis(500);

  @TempDir Path folder;
  private final List<WorkerEvent> events = new CopyOnWriteArrayList<>();
  private ProcessPoolTarget pool;

  @BeforeAll
  static void patience() {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
  }

  @AfterEach
  void close() {
    if (pool != null) {
      pool.close();
      assertThat(pool.workers()).isEmpty();
    }
  }

  private ProcessPoolBuilder builder(String behaviour) {
    return ProcessPoolTarget.builder()
        .name("pool")
        .command(context -> TinyParent.command(behaviour))
        .events(events::add);
  }

  private void start(ProcessPoolBuilder builder) {
    pool = builder.build();
    pool.start();
  }

  private void awaitReady(int ready) {
    await()
        .until(
            () ->
                pool.read().ready() == ready
                    && pool.workers().stream().allMatch(w -> w.state() == Worker.State.READY));
  }

  private ApplyResult apply(int desired) {
    return pool.apply(desired, pool.read(), OptionalLong.empty());
  }

  private boolean heard(WorkerEvent.Type type) {
    return events.stream().anyMatch(event -> event.type() == type);
  }

  private static boolean alive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  @Test
  void killedWorkerIsReplacedInItsPlace() {
    start(builder("serve").initial(2).readiness(Readiness.tcp()));
    awaitReady(2);
    Worker victim = pool.workers().get(0);
    ProcessHandle.of(victim.pid()).orElseThrow().destroyForcibly();
    await().until(() -> pool.workers().get(0).pid() != victim.pid());
    awaitReady(2);
    Worker replacement = pool.workers().get(0);
    assertThat(replacement.slot()).isEqualTo(victim.slot());
    assertThat(replacement.id()).isNotEqualTo(victim.id());
    assertThat(events)
        .filteredOn(event -> event.type() == WorkerEvent.Type.DIED)
        .singleElement()
        .satisfies(event -> assertThat(event.detail()).contains("signal 9"));
  }

  @Test
  void poolGrowsAndShrinksWithADrain() {
    List<String> drained = new CopyOnWriteArrayList<>();
    start(
        builder("serve")
            .readiness(Readiness.http("/health"))
            .drain(worker -> drained.add(worker.id())));
    awaitReady(1);
    assertThat(apply(2)).isEqualTo(new ApplyResult.Applied(2));
    awaitReady(2);
    Worker newest = pool.workers().get(1);
    apply(1);
    await().until(() -> pool.workers().size() == 1);
    assertThat(drained).containsExactly(newest.id());
    assertThat(alive(newest.pid())).isFalse();
    assertThat(pool.workers().get(0).id()).isEqualTo("pool-1");
  }

  @Test
  void workerThatNeverBecomesReadyIsKilledAndTriedAgain() {
    start(builder("never").readiness(Readiness.tcp()).startTimeout(SHORT));
    await().until(() -> heard(WorkerEvent.Type.NEVER_READY));
    await()
        .until(
            () -> events.stream().filter(e -> e.type() == WorkerEvent.Type.STARTED).count() >= 2);
    assertThat(pool.read().ready()).isZero();
    assertThat(pool.read().starting()).isEqualTo(1);
  }

  @Test
  void crashLoopWaitsBetweenStarts() {
    start(builder("crash").readiness(Readiness.tcp()));
    await()
        .until(
            () ->
                events.stream()
                    .anyMatch(
                        event ->
                            event.type() == WorkerEvent.Type.DIED
                                && event.detail().contains("exit code 3")
                                && event.detail().contains("next start in 1000 ms")));
  }

  @Test
  void programThatDoesNotExistIsAnEventAndNoException() {
    start(ProcessPoolTarget.builder().command(c -> List.of("/no/such/thing")).events(events::add));
    await().until(() -> heard(WorkerEvent.Type.LAUNCH_FAILED));
    assertThat(pool.workers().get(0).state()).isEqualTo(Worker.State.WAITING);
  }

  @Test
  void closeEndsEvenDeafWorkersWithinItsBound() {
    start(
        builder("deaf")
            .initial(2)
            .grace(SHORT)
            .lines((context, line) -> {})
            .readiness(Readiness.line(line -> line.equals("ready"))));
    awaitReady(2);
    List<Long> pids = pool.workers().stream().map(Worker::pid).toList();
    long began = System.nanoTime();
    pool.close();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
    assertThat(pids).noneMatch(ProcessPoolTargetIT::alive);
    assertThat(heard(WorkerEvent.Type.KILLED)).isTrue();
    pool.close();
    assertThatThrownBy(pool::start).isInstanceOf(IllegalStateException.class);
    assertThat(apply(3)).isInstanceOf(ApplyResult.Rejected.class);
  }

  @Test
  void hangingDrainHookDoesNotHoldTheWorker() {
    start(
        builder("serve")
            .grace(SHORT)
            .readiness(Readiness.tcp())
            .drain(
                worker -> {
                  try {
                    new CountDownLatch(1).await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
    awaitReady(1);
    apply(0);
    await().until(() -> pool.workers().isEmpty());
  }

  @Test
  void crashOfTheParentEndsItsWorkers() throws IOException {
    Path pids = folder.resolve("pool.pids");
    Process parent =
        new ProcessBuilder(TinyParent.java(TinyParent.class, pids.toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Map<Integer, Long> workers = new HashMap<>();
    try (BufferedReader out = new BufferedReader(new InputStreamReader(parent.getInputStream()))) {
      while (workers.size() < 2) {
        String[] words = out.readLine().split(" ");
        workers.put(Integer.parseInt(words[0]), Long.parseLong(words[1]));
      }
      await().until(() -> Files.readAllLines(pids).size() == 3);
      ProcessPoolBuilder second = builder("serve").pidFile(pids).grace(SHORT);
      ProcessPoolTarget tooEarly = second.build();
      assertThatThrownBy(tooEarly::start)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("process " + parent.pid() + " does");
    } finally {
      parent.destroyForcibly();
    }
    await().until(() -> !alive(workers.get(0))); // it holds the lifeline
    assertThat(alive(workers.get(1))).isTrue(); // it does not
    start(builder("serve").pidFile(pids).grace(SHORT));
    await().until(() -> !alive(workers.get(1))); // once init has taken note of its end
    awaitReady(1);
    await().until(() -> Files.readString(pids).contains("worker " + pool.workers().get(0).pid()));
    pool.close();
    assertThat(pids).doesNotExist();
  }

  @Test
  void pidFileWithOtherPeoplesNumbersHarmsNobody() throws IOException {
    Path pids = folder.resolve("pool.pids");
    long self = ProcessHandle.current().pid();
    Files.writeString(
        pids, "owner " + self + " 1\nworker " + self + " 1\nworker 1 x\nrubbish\n\nworker -5 7\n");
    start(builder("serve").pidFile(pids).readiness(Readiness.tcp()));
    awaitReady(1);
  }

  @Test
  void outputGoesToTheFileAndTheConsumer() {
    Path log = folder.resolve("worker.log");
    Map<String, String> lines = new HashMap<>();
    AtomicReference<WorkerContext> started = new AtomicReference<>();
    start(
        ProcessPoolTarget.builder()
            .name("pool")
            .command(
                context -> {
                  started.set(context);
                  return List.of("sh", "-c", "echo \"$SPINFORGE_WORKER_ID $X\"; pwd; cat");
                })
            .environment(context -> Map.of("X", "slot " + context.slot()))
            .directory(folder)
            .output(context -> log)
            .lines((context, line) -> lines.put(line, context.id()))
            .readiness(Readiness.line(line -> line.startsWith("/"))));
    awaitReady(1);
    assertThat(log).content().startsWith("pool-1 slot 0\n" + folder);
    assertThat(lines).containsEntry("pool-1 slot 0", "pool-1");
    assertThat(started.get().port()).isPositive();
  }

  @Test
  void conflictMaximumAndFenceAreRefused() {
    start(builder("serve").initial(0).maximum(3));
    ScaleTarget.State seen = pool.read();
    assertThat(pool.apply(1, seen, OptionalLong.of(7))).isInstanceOf(ApplyResult.Applied.class);
    assertThat(pool.apply(2, seen, OptionalLong.of(7))).isInstanceOf(ApplyResult.Conflict.class);
    assertThat(pool.apply(2, pool.read(), OptionalLong.of(6)))
        .isEqualTo(new ApplyResult.Rejected("fence 6 after 7"));
    assertThat(apply(4)).isEqualTo(new ApplyResult.Rejected("the pool's maximum is 3"));
  }

  @Test
  void sourcesHaveOneSamplePerWorker() throws Exception {
    start(builder("serve").initial(2).readiness(Readiness.tcp()));
    awaitReady(2);
    List<Sample> load = pool.load(Worker::slot).read();
    assertThat(load).extracting(Sample::phase).containsOnly(Phase.READY);
    assertThat(load).extracting(sample -> sample.usage().orElseThrow()).containsExactly(0.0, 1.0);
    var cpu = pool.cpu(2);
    assertThat(cpu.read()).allMatch(sample -> sample.usage().isEmpty());
    List<Sample> second = cpu.read();
    assertThat(second).allMatch(sample -> sample.usage().orElseThrow() >= 0);
    assertThat(second).allMatch(sample -> sample.request() == 2);
  }

  @Test
  void autoscalerRunsThePool() {
    AtomicReference<Double> demand = new AtomicReference<>(1.0);
    List<Decision> decisions = new CopyOnWriteArrayList<>();
    start(builder("serve").readiness(Readiness.tcp()));
    awaitReady(1);
    try (Autoscaler scaler =
        Autoscaler.named("pool")
            .target(pool)
            .signal(
                Signal.perInstanceLoad(
                    pool.load(worker -> demand.get() / pool.read().ready()), 1.0))
            .limits(1, 3)
            .interval(Duration.ofMillis(200))
            .staleAfter(Duration.ofSeconds(30))
            .reactive(ReactivePolicy.proportional())
            .behavior(
                ScalingRules.up().build(),
                ScalingRules.down().stabilization(Duration.ofSeconds(1)).build())
            .listener(
                new ScalingListener() {
                  @Override
                  public void onDecision(Decision decision) {
                    decisions.add(decision);
                  }
                })
            .build()) {
      scaler.start();
      demand.set(3.0);
      awaitReady(3);
      demand.set(1.0);
      awaitReady(1);
    }
    Set<Integer> numbers = decisions.stream().map(Decision::desired).collect(Collectors.toSet());
    assertThat(numbers).contains(1, 3);
    Optional<Decision> grown = decisions.stream().filter(d -> d.direction() > 0).findFirst();
    assertThat(grown.orElseThrow().explain()).contains("It grew to 3");
    assertThat(new ArrayList<>(decisions)).allMatch(decision -> decision.current() >= 1);
  }
}
