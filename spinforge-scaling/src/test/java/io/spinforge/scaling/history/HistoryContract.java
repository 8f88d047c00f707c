package io.spinforge.scaling.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.scaling.history.HistoryStore.Batch;
import io.spinforge.scaling.history.HistoryStore.Note;
import io.spinforge.scaling.history.HistoryStore.Point;
import io.spinforge.scaling.history.HistoryStore.StoredDecision;
import io.spinforge.testkit.Seeds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What every store does. */
abstract class HistoryContract {
  static final Instant START = Instant.parse("2026-03-02T00:00:00Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final AtomicInteger NAMES = new AtomicInteger();

  private final String scaler = "scaler-" + NAMES.incrementAndGet();

  abstract HistoryStore store() throws Exception;

  static Point minute(long minute, double demand) {
    Instant time = START.plus(MINUTE.multipliedBy(minute));
    return new Point(time, MINUTE, demand, demand, 2, false, false);
  }

  static Batch points(List<Point> points) {
    return new Batch(points, List.of(), List.of());
  }

  @Test
  void whatWasWrittenIsReadBitForBit() throws Exception {
    HistoryStore store = store();
    Point odd = new Point(START, MINUTE, 0.1 + 0.2, Math.PI * 1e9, 7, true, true);
    byte[] inputs = {0, 1, -1, 127, -128};
    StoredDecision decision = new StoredDecision(START.plusNanos(123_456_000), "{\"é\":1}", inputs);
    Note note = new Note(START.minusSeconds(60), START.plusNanos(1000), "HOLIDAY");
    store.write(scaler, new Batch(List.of(odd), List.of(decision), List.of(note)));
    assertThat(store.points(scaler, START, START.plusSeconds(1))).containsExactly(odd);
    assertThat(store.decisions(scaler, START, START.plusSeconds(1), 9)).containsExactly(decision);
    assertThat(store.notes(scaler, START, START.plusSeconds(1))).containsExactly(note);
  }

  @Test
  void theNewestFiftyStartsAreKept() throws Exception {
    HistoryStore store = store();
    List<HistoryStore.Start> starts = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      starts.add(new HistoryStore.Start(START.plusSeconds(i), Duration.ofNanos(1 + i)));
    }
    store.writeStarts(scaler, starts.subList(0, 40));
    store.writeStarts(scaler, starts.subList(20, 60));
    assertThat(store.starts(scaler)).isEqualTo(starts.subList(10, 60));
    store.rollUp(scaler, START, Instant.MIN);
    assertThat(store.starts(scaler)).isEqualTo(starts.subList(10, 60));
    assertThat(store.starts(scaler + "x")).isEmpty();
  }

  @Test
  void theSameBatchTwiceIsThereOnce() throws Exception {
    HistoryStore store = store();
    StoredDecision decision = new StoredDecision(START, "{}", new byte[] {1});
    Note note = new Note(START, START.plusSeconds(1), "DEPLOY");
    Batch batch = new Batch(List.of(minute(0, 1)), List.of(decision), List.of(note));
    store.write(scaler, batch);
    store.write(scaler, batch);
    Instant end = START.plusSeconds(3600);
    assertThat(store.points(scaler, START, end)).containsExactly(minute(0, 1));
    assertThat(store.decisions(scaler, START, end, 9)).containsExactly(decision);
    assertThat(store.notes(scaler, START, end)).containsExactly(note);
  }

  @Test
  void twoSchedulersOfOneNameWriteOneSeriesAndTheLastWins() throws Exception {
    HistoryStore store = store();
    store.write(scaler, points(List.of(minute(0, 1), minute(1, 1))));
    store.write(scaler, points(List.of(minute(1, 2), minute(2, 2))));
    assertThat(store.points(scaler, START, START.plusSeconds(3600)))
        .containsExactly(minute(0, 1), minute(1, 2), minute(2, 2));
  }

  @Test
  void schedulersOfOtherNamesSeeNothingOfIt() throws Exception {
    HistoryStore store = store();
    store.write(scaler, points(List.of(minute(0, 1))));
    assertThat(store.points(scaler + "x", START, START.plusSeconds(3600))).isEmpty();
  }

  @Test
  void pointsOfTheFutureAreKeptAndNotReadBeforeTheirTime() throws Exception {
    HistoryStore store = store();
    Point future = minute(365 * 1440, 9);
    store.write(scaler, points(List.of(minute(0, 1), future)));
    store.rollUp(scaler, START.plusSeconds(3600), Instant.MIN);
    assertThat(store.points(scaler, START, START.plusSeconds(3600))).containsExactly(minute(0, 1));
    Instant then = future.end();
    assertThat(store.points(scaler, future.time(), then)).containsExactly(future);
  }

  @Test
  void pointsOlderThanAllThatIsStoredFindTheirPlace() throws Exception {
    HistoryStore store = store();
    store.write(scaler, points(List.of(minute(60, 6))));
    store.rollUp(scaler, START.plusSeconds(7200), Instant.MIN);
    store.write(scaler, points(List.of(minute(0, 1), minute(1, 3))));
    store.rollUp(scaler, START.plusSeconds(7200), START);
    assertThat(store.points(scaler, START, START.plusSeconds(7200)))
        .containsExactly(minute(0, 1), minute(1, 3), minute(60, 6));
  }

  @Test
  void minutesBecomeFiveMinutesAndHoursAndGo() throws Exception {
    HistoryStore store = store();
    fill(store, 20);
    Instant now = START.plus(Duration.ofDays(20));
    store.rollUp(scaler, now, Instant.MIN);
    List<Point> read = store.points(scaler, START, now);
    List<Point> fives = read.stream().filter(p -> p.step().equals(Duration.ofMinutes(5))).toList();
    assertThat(read).hasSize(12 * 288 + 8 * 1440);
    assertThat(fives).hasSize(12 * 288);
    assertThat(fives.get(1).demand()).isEqualTo((5 + 6 + 7 + 8 + 9) / 5.0);
    assertThat(fives.get(1).peak()).isEqualTo(9);
    assertThat(fives.get(1).samples()).isEqualTo(10);
    Instant later = START.plus(Duration.ofDays(50));
    store.rollUp(scaler, later, later.minus(Duration.ofDays(9)));
    assertThat(store.points(scaler, START, later)).hasSameSizeAs(read); // nothing newer is there
  }

  private void fill(HistoryStore store, int days) throws Exception {
    for (int day = 0; day < days; day++) {
      List<Point> points = new ArrayList<>();
      for (int i = 0; i < 1440; i++) {
        points.add(minute(day * 1440L + i, i));
      }
      store.write(scaler, points(points));
    }
  }

  @Test
  void aClockThatIsWrongByAYearRemovesNothing() throws Exception {
    HistoryStore store = store();
    fill(store, 3);
    store.rollUp(scaler, START.plus(Duration.ofDays(368)), Instant.MIN);
    assertThat(store.points(scaler, START, START.plus(Duration.ofDays(3)))).hasSize(3 * 1440);
  }

  @Test
  void anyStoreEqualsTheOneInMemory() throws Exception {
    HistoryStore store = store();
    Seeds.run(
        3,
        (seed, random) -> {
          String name = scaler + "-" + seed;
          HistoryStore oracle = HistoryStore.memory();
          Instant now = START;
          for (int i = 0; i < 25; i++) {
            Batch batch = random(random, now);
            store.write(name, batch);
            oracle.write(name, batch);
            now = now.plus(Duration.ofMinutes(random.nextInt(2000)));
            if (random.nextInt(3) == 0) {
              Instant since = random.nextBoolean() ? Instant.MIN : now.minus(Duration.ofDays(2));
              store.rollUp(name, now, since);
              oracle.rollUp(name, now, since);
            }
            Instant from = now.minus(Duration.ofMinutes(random.nextInt(100_000)));
            assertThat(store.points(name, from, now)).isEqualTo(oracle.points(name, from, now));
            assertThat(store.decisions(name, from, now, 50))
                .isEqualTo(oracle.decisions(name, from, now, 50));
            assertThat(store.notes(name, from, now)).isEqualTo(oracle.notes(name, from, now));
          }
        });
  }

  private static Batch random(SplittableRandom random, Instant now) {
    List<Point> points = new ArrayList<>();
    List<StoredDecision> decisions = new ArrayList<>();
    List<Note> notes = new ArrayList<>();
    int[] steps = {60, 60, 60, 120, 300, 3600};
    for (int i = random.nextInt(120); i > 0; i--) {
      int step = steps[random.nextInt(steps.length)];
      long at = now.getEpochSecond() - random.nextInt(500_000);
      Instant time = Instant.ofEpochSecond(Math.floorDiv(at, (long) step) * step);
      double demand = random.nextInt(1000);
      points.add(
          new Point(
              time,
              Duration.ofSeconds(step),
              demand,
              demand + random.nextInt(5),
              1 + random.nextInt(9),
              random.nextBoolean(),
              random.nextInt(9) == 0));
      Instant exact = now.minus(Duration.ofSeconds(random.nextInt(100_000)));
      decisions.add(new StoredDecision(exact, "{" + i + "}", new byte[] {(byte) i}));
    }
    if (random.nextInt(4) == 0) {
      notes.add(new Note(now, now.plusSeconds(1 + random.nextInt(9)), "INCIDENT"));
    }
    return new Batch(points, decisions, notes);
  }
}
