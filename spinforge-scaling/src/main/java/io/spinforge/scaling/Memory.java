package io.spinforge.scaling;

import io.spinforge.scaling.reactive.Mark;
import io.spinforge.scaling.reactive.Panic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one tick leaves to the next. Immutable, so that a decision is a function of plan,
 * observation and memory.
 *
 * <p>Times are nanoseconds on an axis of the autoscaler's own: it advances by the wall time between
 * ticks, but by one interval where the wall clock jumped, so that a jump neither empties nor
 * freezes a window.
 *
 * @param axis time of the last tick on that axis
 * @param last wall time of the last tick; null before the first
 * @param recommendations highest proposals of past ticks
 * @param ups instances added, by time
 * @param downs instances removed, by time
 * @param windows per signal, the ratios that the policy looks back on
 * @param panic the panic, if the policy knows one; null before the first tick
 * @param writer who wrote the target's number
 * @param retry failed writes
 * @param lead since when it leads
 */
record Memory(
    long axis,
    @Nullable Instant last,
    List<Mark> recommendations,
    List<Mark> ups,
    List<Mark> downs,
    List<List<Double>> windows,
    Panic.@Nullable State panic,
    Writer writer,
    Retry retry,
    Lead lead) {

  /** Longest wait after failed writes, in intervals. */
  private static final int LONGEST_WAIT = 16;

  /**
   * What is known of who writes the target's number.
   *
   * @param expected number that the target should have; −1 if not known yet
   * @param alternative number it may have as well, after an answer got lost; −1 if none
   * @param contended whether somebody else changes the number
   * @param quiet ticks without such a change since the last one
   */
  record Writer(int expected, int alternative, boolean contended, int quiet) {}

  /**
   * Failed writes.
   *
   * @param failures how many in a row
   * @param at time before which there is no further one
   */
  record Retry(int failures, long at) {}

  /**
   * Leadership.
   *
   * @param fence that it leads by; −1 if it does not lead or there is no lease
   * @param since when that began
   */
  record Lead(long fence, long since) {}

  static Memory empty(int signals) {
    return new Memory(
        0,
        null,
        List.of(),
        List.of(),
        List.of(),
        Collections.nCopies(signals, List.of()),
        null,
        new Writer(-1, -1, false, 0),
        new Retry(0, 0),
        new Lead(-1, 0));
  }

  /** Returns the same with the time of a tick. */
  Memory at(long axis, Instant now) {
    return new Memory(axis, now, recommendations, ups, downs, windows, panic, writer, retry, lead);
  }

  /** Returns the same with other ratios. */
  Memory withWindows(List<List<Double>> windows) {
    return new Memory(axis, last, recommendations, ups, downs, windows, panic, writer, retry, lead);
  }

  /** Returns the same with another state of panic. */
  Memory withPanic(Panic.State panic) {
    return new Memory(axis, last, recommendations, ups, downs, windows, panic, writer, retry, lead);
  }

  /** Returns the same with one more recommendation, without those older than {@code window}. */
  Memory withRecommendation(int value, long window) {
    List<Mark> marks = plus(recommendations, axis, value, window);
    return new Memory(axis, last, marks, ups, downs, windows, panic, writer, retry, lead);
  }

  /** Returns the same with what is known of other writers. */
  Memory withWriter(int expected, int alternative, boolean contended, int quiet) {
    Writer known = new Writer(expected, alternative, contended, quiet);
    return new Memory(axis, last, recommendations, ups, downs, windows, panic, known, retry, lead);
  }

  /** Returns what is remembered of an attempt to change the number. */
  Memory after(ApplyResult result, int from, int to, Plan plan) {
    if (result instanceof ApplyResult.Applied) {
      return written(from, to, plan)
          .withWriter(to, -1, writer.contended(), writer.quiet())
          .withRetry(new Retry(0, 0));
    }
    if (result instanceof ApplyResult.Conflict) {
      return this;
    }
    int failed = Math.min(retry.failures() + 1, 30);
    long wait = plan.interval().toNanos() * Math.min(LONGEST_WAIT, 1L << failed);
    Memory known =
        result instanceof ApplyResult.Unknown
            ? written(from, to, plan).withWriter(from, to, writer.contended(), writer.quiet())
            : this;
    return known.withRetry(new Retry(failed, axis + wait));
  }

  /** Returns the same with the fence of this tick; −1 if it does not lead. */
  Memory withFence(long fence) {
    Lead known = fence == lead.fence() ? lead : new Lead(fence, axis);
    return new Memory(
        axis, last, recommendations, ups, downs, windows, panic, writer, retry, known);
  }

  private Memory withRetry(Retry retry) {
    return new Memory(axis, last, recommendations, ups, downs, windows, panic, writer, retry, lead);
  }

  private Memory written(int from, int to, Plan plan) {
    long period = Math.max(plan.up().longestPeriod(), plan.down().longestPeriod());
    List<Mark> more = to > from ? plus(ups, axis, to - from, period) : ups;
    List<Mark> less = to < from ? plus(downs, axis, from - to, period) : downs;
    return new Memory(axis, last, recommendations, more, less, windows, panic, writer, retry, lead);
  }

  private static List<Mark> plus(List<Mark> marks, long now, int value, long window) {
    List<Mark> kept = new ArrayList<>(marks.size() + 1);
    for (Mark mark : marks) {
      if (mark.at() > now - window) {
        kept.add(mark);
      }
    }
    kept.add(new Mark(now, value));
    return List.copyOf(kept);
  }
}
