package io.spinforge.scaling;

import io.spinforge.scaling.history.HistoryStore;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Brings what a history knows to a predictor. The long part, learning weeks of demand, is done
 * beside the ticks: only the exchange of models is done under their lock.
 */
record Recall(Predictor predictor, ReentrantLock ticking) implements Chronicle.Reader {
  @Override
  public void fill(List<HistoryStore.Point> points) {
    int lead;
    ticking.lock();
    try {
      lead = predictor.horizon();
      predictor.expectHistory();
    } finally {
      ticking.unlock();
    }
    DemandModel filled = predictor.remember(points, lead);
    ticking.lock();
    try {
      predictor.adopt(filled);
    } finally {
      ticking.unlock();
    }
  }

  @Override
  public void starts(List<HistoryStore.Start> starts) {
    ticking.lock();
    try {
      predictor.recall(starts);
    } finally {
      ticking.unlock();
    }
  }

  @Override
  public void margin(double margin) {
    ticking.lock();
    try {
      predictor.recall(margin);
    } finally {
      ticking.unlock();
    }
  }

  @Override
  public void note(TimeRange range, Annotation annotation) {
    ticking.lock();
    try {
      predictor.annotate(range, annotation);
    } finally {
      ticking.unlock();
    }
  }
}
