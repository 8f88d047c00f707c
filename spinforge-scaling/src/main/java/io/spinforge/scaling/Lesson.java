package io.spinforge.scaling;

import io.spinforge.scaling.history.HistoryStore;
import io.spinforge.scaling.history.HistoryStore.StoredDecision;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;

/** What the newest decisions of a history tell a scheduler that starts. */
final class Lesson {
  /** Decisions that are read at once. */
  private static final int PAGE = 100;

  private static final Duration FIRST = Duration.ofMinutes(10);

  private Lesson() {}

  /**
   * Finds the margin that was in force last; empty if there is none. A history gives decisions from
   * the oldest on, so spans are asked for that begin twice as far back each time.
   */
  static OptionalDouble margin(HistoryStore store, String scaler, Instant now) throws Exception {
    Instant until = now;
    for (Duration back = FIRST; until.isAfter(now.minus(HistoryStore.MINUTES)); ) {
      Instant from = now.minus(back);
      OptionalDouble margin = newest(store, scaler, from, until);
      if (margin.isPresent()) {
        return margin;
      }
      until = from;
      back = back.multipliedBy(2);
    }
    return OptionalDouble.empty();
  }

  private static OptionalDouble newest(
      HistoryStore store, String scaler, Instant from, Instant until) throws Exception {
    OptionalDouble found = OptionalDouble.empty();
    Instant next = from;
    List<StoredDecision> page;
    do {
      page = store.decisions(scaler, next, until, PAGE);
      for (int i = page.size() - 1; i >= 0; i--) {
        OptionalDouble margin = margin(page.get(i));
        if (margin.isPresent()) {
          found = margin;
          break;
        }
      }
      next = page.isEmpty() ? until : page.get(page.size() - 1).time().plusNanos(1000);
    } while (page.size() == PAGE && next.isBefore(until));
    return found;
  }

  private static OptionalDouble margin(StoredDecision decision) {
    try {
      Outlook outlook = DecisionCodec.replay(decision.inputs()).forecast();
      return outlook == null || Double.isNaN(outlook.margin())
          ? OptionalDouble.empty()
          : OptionalDouble.of(outlook.margin());
    } catch (IllegalArgumentException e) {
      return OptionalDouble.empty(); // of another version, or damaged: it has nothing to tell
    }
  }
}
