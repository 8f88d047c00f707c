package io.spinforge.benchmarks.sim.scaling;

import io.spinforge.scaling.history.HistoryStore;
import java.time.Instant;
import java.util.List;

/** A history in memory that can be away, also after it has done what it was asked for. */
final class FaultyHistory implements HistoryStore {
  private final HistoryStore store = HistoryStore.memory();
  boolean away;
  boolean unanswered;

  private void ask() {
    if (away) {
      throw new IllegalStateException("the store is away");
    }
  }

  private void answer() {
    if (unanswered) {
      throw new IllegalStateException("the store's answer is lost");
    }
  }

  @Override
  public void write(String scaler, Batch batch) throws Exception {
    ask();
    store.write(scaler, batch);
    answer();
  }

  @Override
  public List<Point> points(String scaler, Instant from, Instant until) throws Exception {
    ask();
    return store.points(scaler, from, until);
  }

  @Override
  public List<StoredDecision> decisions(String scaler, Instant from, Instant until, int limit)
      throws Exception {
    return store.decisions(scaler, from, until, limit);
  }

  @Override
  public List<Note> notes(String scaler, Instant from, Instant until) throws Exception {
    ask();
    return store.notes(scaler, from, until);
  }

  @Override
  public void rollUp(String scaler, Instant now, Instant since) throws Exception {
    ask();
    store.rollUp(scaler, now, since);
    answer();
  }
}
