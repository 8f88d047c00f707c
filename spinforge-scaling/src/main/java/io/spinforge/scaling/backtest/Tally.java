package io.spinforge.scaling.backtest;

import io.spinforge.scaling.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Counts what a rehearsal does. */
final class Tally {
  private static final Duration SOON = Duration.ofMinutes(10);

  private final String label;
  private final Rehearsal.Settings settings;
  private final List<BacktestRun.Point> points = new ArrayList<>();
  private final boolean keep;
  private final @Nullable Consumer<BacktestRun.Point> observer;
  private final Deque<Change> changes = new ArrayDeque<>();
  private long ticks;
  private long over;
  private long paid;
  private long least;
  private long actions;
  private long reversals;
  private double total;
  private double lost;

  private record Change(Instant time, int from) {}

  Tally(
      String label,
      Rehearsal.Settings settings,
      boolean keep,
      @Nullable Consumer<BacktestRun.Point> observer) {
    this.label = label;
    this.settings = settings;
    this.keep = keep;
    this.observer = observer;
  }

  void add(Instant now, double demand, int ready, int paid, Decision decision) {
    BacktestRun.Point point = new BacktestRun.Point(now, demand, ready, paid, decision);
    if (keep) {
      points.add(point);
    }
    if (observer != null) {
      observer.accept(point);
    }
    boolean changed = decision.direction() != 0;
    boolean reversed = changed && reversed(now, decision);
    if (Double.isNaN(demand) || now.isBefore(settings.from())) {
      return;
    }
    double usable = settings.ceiling() * settings.capacity();
    ticks++;
    over += demand > ready * usable * (1 + 1e-9) ? 1 : 0;
    this.paid += paid;
    least += (long) Math.max(1, Math.ceil(demand / usable - 1e-9));
    actions += changed ? 1 : 0;
    reversals += reversed ? 1 : 0;
    total += demand;
    lost += Math.max(0, demand - ready * settings.capacity());
  }

  private boolean reversed(Instant now, Decision decision) {
    while (!changes.isEmpty() && !changes.getFirst().time().plus(SOON).isAfter(now)) {
      changes.removeFirst();
    }
    boolean back = changes.stream().anyMatch(change -> change.from() == decision.desired());
    changes.addLast(new Change(now, decision.current()));
    return back;
  }

  BacktestRun result(Duration interval) {
    double days = (double) ticks * interval.toSeconds() / Duration.ofDays(1).toSeconds();
    double n = Math.max(1, ticks);
    return new BacktestRun(
        label,
        interval.multipliedBy(ticks),
        over / n,
        total == 0 ? 0 : lost / total,
        paid / n,
        least == 0 ? 1 : (double) paid / least,
        days == 0 ? 0 : actions / days,
        days == 0 ? 0 : reversals / days,
        points);
  }
}
