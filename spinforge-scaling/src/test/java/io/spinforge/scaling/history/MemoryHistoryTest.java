package io.spinforge.scaling.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.scaling.history.HistoryStore.Note;
import io.spinforge.scaling.history.HistoryStore.Point;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryHistoryTest extends HistoryContract {
  private final HistoryStore store = HistoryStore.memory();

  @Override
  HistoryStore store() {
    return store;
  }

  @Test
  void nonsenseIsRefused() {
    Duration minute = Duration.ofMinutes(1);
    assertThatThrownBy(() -> new Point(START, Duration.ofSeconds(7), 1, 1, 1, false, false))
        .hasMessage("step: PT7S (expected: whole seconds, a divisor of a day)");
    assertThatThrownBy(() -> new Point(START.plusSeconds(1), minute, 1, 1, 1, false, false))
        .hasMessage("time: 2026-03-02T00:00:01Z (expected: a multiple of PT1M)");
    assertThatThrownBy(() -> new Point(START, minute, Double.NaN, 1, 1, false, false))
        .hasMessage("demand: NaN (expected: finite, >= 0.0)");
    assertThatThrownBy(() -> new Point(START, minute, 1, -1, 1, false, false))
        .hasMessage("peak: -1.0 (expected: finite, >= 0.0)");
    assertThatThrownBy(() -> new Point(START, minute, 1, 1, 0, false, false))
        .hasMessage("samples: 0 (expected: >= 1)");
    assertThatThrownBy(() -> new Note(START, START, "DEPLOY"))
        .hasMessage("until: " + START + " (expected: after " + START + ")");
    assertThatThrownBy(() -> new Note(START, Instant.MAX, " "))
        .hasMessage("kind: ' ' (expected: 1 to 32 characters)");
  }

  @Test
  void coarsePointsGiveWayToFineOnesInTheirSpan() throws Exception {
    Point hour = new Point(START, Duration.ofHours(1), 9, 9, 1, false, false);
    Point next = new Point(hour.end(), Duration.ofHours(1), 9, 9, 1, false, false);
    store.write("x", points(List.of(hour, next, minute(0, 1), minute(30, 2))));
    assertThat(store.points("x", START, START.plus(Duration.ofDays(1))))
        .containsExactly(minute(0, 1), minute(30, 2), next);
  }
}
