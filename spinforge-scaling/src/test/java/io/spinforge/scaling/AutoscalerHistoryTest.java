package io.spinforge.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.spinforge.scaling.history.HistoryStats;
import io.spinforge.scaling.history.HistoryStore;
import io.spinforge.scaling.history.HistoryStore.StoredDecision;
import io.spinforge.testkit.ManualTicker;
import io.spinforge.testkit.Seeds;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class AutoscalerHistoryTest {
  private static final Duration STEP = Duration.ofMinutes(5);
  private static final Instant START = Instant.parse("2026-03-02T00:00:00Z");

  private final FakeTarget target = new FakeTarget(10);
  private final FakeLoad cpu = new FakeLoad(target, 2);
  private final ManualTicker ticker = new ManualTicker();
  private final Shaky store = new Shaky();
  private Instant now = START;

  /** A store that can be away. */
  private static final class Shaky implements HistoryStore {
    final HistoryStore memory = HistoryStore.memory();
    boolean away;
    int writes;

    private HistoryStore there() {
      if (away) {
        throw new IllegalStateException("the database is away");
      }
      return memory;
    }

    @Override
    public void write(String scaler, Batch batch) throws Exception {
      there().write(scaler, batch);
      writes++;
    }

    @Override
    public List<Point> points(String scaler, Instant from, Instant until) throws Exception {
      return there().points(scaler, from, until);
    }

    @Override
    public List<StoredDecision> decisions(String scaler, Instant from, Instant until, int limit)
        throws Exception {
      return there().decisions(scaler, from, until, limit);
    }

    @Override
    public List<Note> notes(String scaler, Instant from, Instant until) throws Exception {
      return there().notes(scaler, from, until);
    }

    @Override
    public void writeStarts(String scaler, List<Start> starts) throws Exception {
      there().writeStarts(scaler, starts);
    }

    @Override
    public List<Start> starts(String scaler) throws Exception {
      return there().starts(scaler);
    }

    @Override
    public void rollUp(String scaler, Instant now, Instant since) throws Exception {
      there().rollUp(scaler, now, since);
    }
  }

  private AutoscalerBuilder builder() {
    return Autoscaler.named("remembers")
        .target(target)
        .signal(Signal.utilization(cpu, 0.70).named("cpu"))
        .limits(1, 100)
        .interval(STEP)
        .startup(StartupTime.fixed(Duration.ofMinutes(5)))
        .zone(ZoneOffset.UTC)
        .ticker(ticker)
        .clock(() -> now)
        .history(store);
  }

  private Autoscaler ahead() {
    return builder().predictive(PredictivePolicy.overload(0.01)).build();
  }

  private Decision tick(Autoscaler scaler) {
    now = now.plus(STEP);
    ticker.advance(STEP);
    cpu.time = now;
    return scaler.tick(now);
  }

  private static double demand(Instant at) {
    int hour = at.atZone(ZoneOffset.UTC).getHour();
    return hour >= 9 && hour < 17 ? 20 : 2;
  }

  private void play(Autoscaler scaler, Duration time) {
    Instant end = now.plus(time);
    while (now.isBefore(end)) {
      cpu.demand = demand(now.plus(STEP));
      tick(scaler);
      if (now.getEpochSecond() % 3600 == 0) {
        scaler.sync();
      }
    }
  }

  @Test
  void afterARestartTheForecastKnowsWhatItKnewBefore() {
    Autoscaler before = ahead();
    play(before, Duration.ofDays(4).plusHours(8));
    before.sync();
    Duration hour = Duration.ofHours(1);
    double known = before.forecast(hour).expected();
    assertThat(known).isCloseTo(20, within(2.0));
    before.close();
    Autoscaler after = ahead();
    after.sync();
    assertThat(after.historyStats()).map(HistoryStats::filled).contains(true);
    Decision first = tick(after);
    assertThat(first.forecast()).isNotNull();
    assertThat(first.forecast().leads()).isTrue();
    assertThat(after.forecast(hour).expected()).isCloseTo(known, within(0.2));
  }

  private Autoscaler measuring() {
    return Autoscaler.named("measures")
        .target(target)
        .signal(Signal.utilization(cpu, 0.70).named("cpu"))
        .limits(1, 100)
        .interval(STEP)
        .zone(ZoneOffset.UTC)
        .ticker(ticker)
        .clock(() -> now)
        .history(store)
        .predictive(PredictivePolicy.overload(0.01))
        .startup(StartupTime.measured())
        .build();
  }

  @Test
  void startsThatWereMeasuredAreKnownAfterARestart() {
    Autoscaler before = measuring();
    before.sync();
    tick(before);
    target.desired = 12; // two more, which take their time
    for (int i = 0; i < 3; i++) {
      tick(before);
    }
    target.set(12);
    Decision last = tick(before);
    Duration measured = last.forecast().lead();
    assertThat(measured).isGreaterThanOrEqualTo(STEP.multipliedBy(3));
    before.sync();
    before.close();
    Autoscaler after = measuring();
    assertThat(tick(after).forecast().lead()).isEqualTo(STEP); // two minutes until it knows better
    after.sync();
    tick(after);
    assertThat(tick(after).forecast().lead()).isEqualTo(measured);
    after.close();
  }

  @Test
  void withTheStoreAwayAtTheRestartNothingShrinksAndDemandStillGrowsIt() {
    play(ahead(), Duration.ofDays(2));
    store.away = true;
    target.set(10);
    Autoscaler scaler = ahead();
    scaler.sync();
    cpu.demand = 1;
    for (int i = 0; i < 60; i++) {
      tick(scaler);
    }
    assertThat(target.desired).isEqualTo(10);
    assertThat(scaler.status().last()).map(Decision::constraint).contains(Constraint.HISTORY_AWAY);
    cpu.demand = 15;
    tick(scaler);
    assertThat(target.desired).isGreaterThan(15);
    HistoryStats stats = scaler.historyStats().orElseThrow();
    assertThat(stats.away()).isTrue();
    assertThat(stats.filled()).isFalse();
    store.away = false;
    ticker.advance(STEP);
    scaler.sync();
    cpu.demand = 1;
    for (int i = 0; i < 30; i++) {
      tick(scaler);
    }
    assertThat(target.desired).isLessThan(5);
    assertThat(scaler.historyStats().orElseThrow().failures()).isEqualTo(1);
  }

  @Test
  void whatWaitedIsWrittenWhenTheStoreIsBackAndTheOldestIsGivenUp() throws Exception {
    Autoscaler scaler = builder().build();
    store.away = true;
    int minutes = Chronicle.POINTS + 100;
    for (int i = 0; i < minutes; i++) {
      tick(scaler);
      if (i % 1000 == 0) {
        scaler.sync();
      }
    }
    HistoryStats waiting = scaler.historyStats().orElseThrow();
    assertThat(waiting.waiting()).isEqualTo(Chronicle.POINTS + Chronicle.DECISIONS);
    assertThat(waiting.dropped()).isEqualTo(2L * minutes - 1 - waiting.waiting());
    store.away = false;
    scaler.sync();
    HistoryStats after = scaler.historyStats().orElseThrow();
    assertThat(after.waiting()).isZero();
    assertThat(after.written()).isEqualTo(waiting.waiting());
    assertThat(store.points("remembers", START, now)).hasSize(Chronicle.POINTS);
  }

  @Test
  void everyStoredDecisionIsMadeAgainBitForBit() {
    Seeds.run(
        6,
        (seed, random) -> {
          Shaky own = new Shaky();
          ReactivePolicy policy =
              List.of(
                      ReactivePolicy.proportional(),
                      ReactivePolicy.thresholds(),
                      ReactivePolicy.panicking(STEP))
                  .get(random.nextInt(3));
          AutoscalerBuilder builder =
              Autoscaler.named("again")
                  .target(target)
                  .signal(Signal.utilization(cpu, 0.37).named("cpu"))
                  .signal(Signal.totalDemand(() -> cpu.demand, 1.7))
                  .limits(1, 30)
                  .interval(STEP)
                  .reactive(policy)
                  .history(own);
          if (random.nextBoolean()) {
            builder.predictive(PredictivePolicy.conformal(0.9));
          }
          List<Decision> made = new ArrayList<>();
          Autoscaler scaler = builder.build();
          for (int i = 0; i < 300; i++) {
            cpu.demand = random.nextDouble(25);
            cpu.hidden = random.nextInt(10) == 0 && target.ready > 1 ? 1 : 0;
            cpu.missing = random.nextInt(5) == 0 ? 1 : 0;
            cpu.fault = random.nextInt(20) == 0 ? new IllegalStateException("no \"answer\"") : null;
            target.readFault = random.nextInt(30) == 0 ? new IllegalStateException("gone") : null;
            int answer = random.nextInt(20);
            if (answer < 3) {
              target.answers.add(
                  List.of(
                          new ApplyResult.Conflict("c"),
                          new ApplyResult.Rejected("r"),
                          new ApplyResult.Unknown("u"))
                      .get(answer));
            }
            now = random.nextInt(50) == 0 ? now.plusSeconds(86_400) : now;
            made.add(tick(scaler));
          }
          scaler.sync();
          List<StoredDecision> stored = own.decisions("again", START, Instant.MAX, 1000);
          assertThat(stored).hasSameSizeAs(made);
          for (int i = 0; i < stored.size(); i++) {
            Decision again = Autoscaler.replay(stored.get(i));
            assertThat(again).isEqualTo(made.get(i));
            assertThat(again.toJson()).isEqualTo(stored.get(i).json());
          }
        });
  }

  @Test
  void inputsThatAreDamagedAreSaidToBe() {
    assertThatThrownBy(() -> Autoscaler.replay(new StoredDecision(now, "", new byte[0])))
        .hasMessage("inputs: version none (expected: 1 or 2)");
    assertThatThrownBy(() -> Autoscaler.replay(new StoredDecision(now, "", new byte[] {9})))
        .hasMessage("inputs: version 9 (expected: 1 or 2)");
    assertThatThrownBy(() -> Autoscaler.replay(new StoredDecision(now, "", new byte[] {1, 2, 3})))
        .hasMessage("inputs: damaged (expected: as they were stored)");
  }

  @Test
  void annotationsAreThereAfterARestartAndOthersAreHeard() throws Exception {
    Autoscaler before = ahead();
    TimeRange day = new TimeRange(START.plusSeconds(86_400), START.plusSeconds(2 * 86_400));
    before.annotate(day, Annotation.INCIDENT);
    before.sync();
    List<HistoryStore.Note> notes = store.notes("remembers", START, START.plusSeconds(400_000));
    assertThat(notes).containsExactly(new HistoryStore.Note(day.from(), day.to(), "INCIDENT"));
    store.write(
        "remembers",
        new HistoryStore.Batch(
            List.of(),
            List.of(),
            List.of(
                new HistoryStore.Note(day.to(), day.to().plusSeconds(86_400), "DEPLOY"),
                new HistoryStore.Note(day.to(), day.to().plusSeconds(86_400), "of the future"))));
    Autoscaler after = ahead();
    after.sync();
    play(after, Duration.ofDays(4));
    after.sync();
    assertThat(store.points("remembers", day.from(), day.to().plusSeconds(86_400)))
        .hasSize(576)
        .allMatch(HistoryStore.Point::excluded);
    assertThat(store.points("remembers", day.to().plusSeconds(86_400), now))
        .noneMatch(HistoryStore.Point::excluded);
  }

  @Test
  void aClockThatWentBackByDaysIsFollowedWithWhatWasKnownThen() {
    Autoscaler scaler = ahead();
    play(scaler, Duration.ofDays(3));
    scaler.sync();
    now = now.plus(Duration.ofDays(365));
    play(scaler, Duration.ofMinutes(10));
    now = now.minus(Duration.ofDays(365));
    play(scaler, Duration.ofMinutes(10));
    assertThat(scaler.historyStats()).map(HistoryStats::filled).contains(false);
    scaler.sync();
    Decision decision = tick(scaler);
    assertThat(decision.forecast()).isNotNull();
    assertThat(decision.forecast().leads()).isTrue();
  }

  @Test
  void aStoreThatHangsHoldsNeitherTicksNorTheEnd() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    HistoryStore hanging =
        new HistoryStore() {
          private void hang() throws InterruptedException {
            asked.countDown();
            never.await();
          }

          @Override
          public void write(String scaler, Batch batch) throws InterruptedException {
            hang();
          }

          @Override
          public List<Point> points(String scaler, Instant from, Instant until)
              throws InterruptedException {
            hang();
            return List.of();
          }

          @Override
          public List<StoredDecision> decisions(
              String scaler, Instant from, Instant until, int limit) {
            return List.of();
          }

          @Override
          public List<Note> notes(String scaler, Instant from, Instant until)
              throws InterruptedException {
            hang();
            return List.of();
          }

          @Override
          public void rollUp(String scaler, Instant now, Instant since) {}
        };
    Autoscaler scaler =
        Autoscaler.named("hangs")
            .target(target)
            .signal(Signal.totalDemand(() -> 10, 1))
            .interval(Duration.ofMillis(10))
            .history(hanging)
            .build();
    scaler.start();
    asked.await();
    long before = scaler.stats().ticks();
    await().until(() -> scaler.stats().ticks() > before + 5);
    scaler.close();
    assertThat(scaler.status().state()).isEqualTo(ScalingStatus.State.CLOSED);
  }
}
