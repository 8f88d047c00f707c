package io.spinforge.scaling.history;

import io.spinforge.scaling.history.HistoryStore.Point;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** The three classes of points: how long each is kept, and which make which. */
enum Steps {
  MINUTES(1, 300, HistoryStore.MINUTES),
  FIVE_MINUTES(300, 3600, HistoryStore.FIVE_MINUTES),
  HOURS(3600, 86_401, HistoryStore.HOURS);

  /** Shortest step in seconds. */
  final int from;

  /** Shortest step that is no more of this class. */
  final int until;

  final Duration kept;

  Steps(int from, int until, Duration kept) {
    this.from = from;
    this.until = until;
    this.kept = kept;
  }

  /** Tells how many points of the usual step the kept time holds. */
  int usual() {
    return (int) kept.dividedBy(Duration.ofSeconds(this == MINUTES ? 60 : from));
  }

  boolean holds(Point point) {
    long step = point.step().toSeconds();
    return step >= from && step < until;
  }

  /** Makes points of a longer step; those in one span must be of one class. */
  static List<Point> join(List<Point> points, int step) {
    TreeMap<Long, List<Point>> spans = new TreeMap<>();
    for (Point point : points) {
      long span = Math.floorDiv(point.time().getEpochSecond(), (long) step) * step;
      spans.computeIfAbsent(span, key -> new ArrayList<>()).add(point);
    }
    List<Point> joined = new ArrayList<>(spans.size());
    spans.forEach((span, parts) -> joined.add(join(Instant.ofEpochSecond(span), step, parts)));
    return joined;
  }

  private static Point join(Instant time, int step, List<Point> parts) {
    double sum = 0;
    double peak = 0;
    long weight = 0;
    long samples = 0;
    boolean overloaded = false;
    boolean excluded = false;
    for (Point part : parts) {
      long seconds = part.step().toSeconds();
      sum += part.demand() * seconds;
      weight += seconds;
      peak = Math.max(peak, part.peak());
      samples += part.samples();
      overloaded |= part.overloaded();
      excluded |= part.excluded();
    }
    return new Point(
        time,
        Duration.ofSeconds(step),
        sum / weight,
        peak,
        (int) Math.min(Integer.MAX_VALUE, samples),
        overloaded,
        excluded);
  }

  /** Leaves of several steps the finest in each span of time, oldest first. */
  static List<Point> finest(List<Point> points) {
    List<Point> sorted = new ArrayList<>(points);
    sorted.sort(Comparator.comparing(Point::time).thenComparing(Point::step));
    List<Point> result = new ArrayList<>(sorted.size());
    // A coarse point comes before or with the fine ones of its span: it is left out if one follows.
    for (int i = 0; i < sorted.size(); i++) {
      Point point = sorted.get(i);
      boolean covered =
          !result.isEmpty() && point.time().isBefore(result.get(result.size() - 1).end());
      boolean finer = false;
      for (int k = i + 1; k < sorted.size() && sorted.get(k).time().isBefore(point.end()); k++) {
        finer |= sorted.get(k).step().compareTo(point.step()) < 0;
        if (finer) {
          break;
        }
      }
      if (!covered && !finer) {
        result.add(point);
      }
    }
    return result;
  }
}
