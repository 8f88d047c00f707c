package io.spinforge.scaling;

import io.spinforge.scaling.history.HistoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/** Means of demand per cell, where no forecast makes them. Not thread-safe. */
final class Cells {
  private final int step;
  private final Consumer<HistoryStore.Point> sink;
  private long cell = Long.MIN_VALUE;
  private double sum;
  private int samples;

  Cells(Duration interval, Consumer<HistoryStore.Point> sink) {
    step = (int) PredictivePolicy.cell(interval).toSeconds();
    this.sink = sink;
  }

  void add(Instant now, double demand) {
    long at = Math.floorDiv(now.getEpochSecond(), (long) step);
    if (at != cell) {
      close();
      cell = at;
    }
    sum += demand;
    samples++;
  }

  private void close() {
    if (samples > 0) {
      double demand = sum / samples;
      Instant start = Instant.ofEpochSecond(cell * step);
      Duration length = Duration.ofSeconds(step);
      sink.accept(new HistoryStore.Point(start, length, demand, demand, samples, false, false));
    }
    sum = 0;
    samples = 0;
  }
}
