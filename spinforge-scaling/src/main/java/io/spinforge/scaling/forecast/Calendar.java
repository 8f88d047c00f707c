package io.spinforge.scaling.forecast;

import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.HashSet;
import java.util.Set;

/**
 * Local time on the grid: what hour a cell has on the clock of the people who make the demand, and
 * which cell had that hour so many days before. A day on which the clock changes is one hour longer
 * or shorter, and the cells before it are shifted by as much.
 *
 * <p>Offsets are looked up once per change of the clock, not per cell.
 */
public final class Calendar {
  private static final int DAY = 86_400;
  private static final int WEEK = 7 * DAY;

  private final ZoneRules rules;
  private final int step;
  private final Set<Long> holidays = new HashSet<>();

  // Two spans of time with one offset each: around a change of the clock both sides are asked for.
  private long from = Long.MAX_VALUE;
  private long until = Long.MIN_VALUE;
  private int offset;
  private long otherFrom = Long.MAX_VALUE;
  private long otherUntil = Long.MIN_VALUE;
  private int otherOffset;

  /** Makes the calendar of a zone for a grid of {@code step} seconds. */
  public Calendar(ZoneId zone, int step) {
    rules = zone.getRules();
    this.step = step;
  }

  /** Returns the seconds since the start of 1970 on the local clock at the start of a cell. */
  public long local(long cell) {
    long second = cell * step;
    return second + offset(second);
  }

  /** Returns the local second of the day at the start of a cell. */
  int secondOfDay(long cell) {
    return (int) Math.floorMod(local(cell), (long) DAY);
  }

  /** Returns the local second of the week, from Monday, at the start of a cell. */
  int secondOfWeek(long cell) {
    return (int) Math.floorMod(local(cell) + 3L * DAY, (long) WEEK);
  }

  /** Returns the hour of the day, 0 to 23, at the start of a cell. */
  public int hour(long cell) {
    return secondOfDay(cell) / 3600;
  }

  /** Returns 0 for a working day, 1 for a Saturday, 2 for a Sunday or a holiday. */
  int kind(long cell) {
    long day = Math.floorDiv(local(cell), (long) DAY);
    if (!holidays.isEmpty() && holidays.contains(day)) {
      return 2;
    }
    int weekday = (int) Math.floorMod(day + 3, 7L);
    return Math.max(0, weekday - 4);
  }

  /** Returns the cell that had the same local time {@code days} before. */
  long before(long cell, int days) {
    long second = cell * step;
    long earlier = second - (long) days * DAY;
    return (earlier + offset(second) - offset(earlier)) / step;
  }

  /** Makes a local day, counted from 1970-01-01, a holiday. */
  public void holiday(long day) {
    holidays.add(day);
  }

  private int offset(long second) {
    if (second >= from && second < until) {
      return offset;
    }
    if (second >= otherFrom && second < otherUntil) {
      return otherOffset;
    }
    otherFrom = from;
    otherUntil = until;
    otherOffset = offset;
    Instant at = Instant.ofEpochSecond(second);
    ZoneOffsetTransition next = rules.nextTransition(at);
    ZoneOffsetTransition last = rules.previousTransition(at.plusSeconds(1));
    until = next == null ? Long.MAX_VALUE : next.toEpochSecond();
    from = last == null ? Long.MIN_VALUE : last.toEpochSecond();
    offset = rules.getOffset(at).getTotalSeconds();
    return offset;
  }
}
