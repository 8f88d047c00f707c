package io.spinforge.scaling.history;

import static java.util.Objects.requireNonNull;

import io.spinforge.scaling.internal.Checks;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Where demand, decisions and annotations are kept. Implemented by the host or taken from here.
 *
 * <p>Every write is an upsert: a point is known by scaler, step and time, a decision by scaler and
 * time, a note by all it says, so that a batch may be written twice. Methods may block and throw;
 * an autoscaler calls them on a thread of its own, never within a tick, and keeps what could not be
 * written. Implementations are thread-safe.
 *
 * <p>Points of less than five minutes are kept for {@link #MINUTES}, those of less than an hour for
 * {@link #FIVE_MINUTES}, hours and longer for {@link #HOURS}, decisions as long as the finest
 * points. {@link #rollUp} makes the coarser from the finer ones.
 */
public interface HistoryStore {
  /** How long points of less than five minutes, and decisions, are kept. */
  Duration MINUTES = Duration.ofDays(8);

  /** How long points of five minutes to less than an hour are kept. */
  Duration FIVE_MINUTES = Duration.ofDays(35);

  /** How many starts are kept. */
  int STARTS = 50;

  /** How long hours, and notes, are kept. */
  Duration HOURS = Duration.ofDays(400);

  /**
   * Writes everything or, if it throws, perhaps nothing; the same again is harmless.
   *
   * @param scaler name of the autoscaler, 1 to 64 characters
   */
  void write(String scaler, Batch batch) throws Exception;

  /**
   * Reads demand, oldest first, each span of time at the finest step that is there.
   *
   * @param until first instant that is not wanted: points of the future are nobody's knowledge
   */
  List<Point> points(String scaler, Instant from, Instant until) throws Exception;

  /** Reads decisions, oldest first; no more than {@code limit}. */
  List<StoredDecision> decisions(String scaler, Instant from, Instant until, int limit)
      throws Exception;

  /** Reads the notes that touch a span of time, oldest first. */
  List<Note> notes(String scaler, Instant from, Instant until) throws Exception;

  /**
   * Writes how long instances took to become ready; the same again is harmless. The newest {@link
   * #STARTS} are kept. By default they are forgotten.
   */
  default void writeStarts(String scaler, List<Start> starts) throws Exception {}

  /** Reads the newest {@link #STARTS} starts, oldest first; by default there are none. */
  default List<Start> starts(String scaler) throws Exception {
    return List.of();
  }

  /**
   * Makes five-minute points and hours from what is finer and ended before {@code now}, and removes
   * what is too old. Idempotent. Called by the leader every few minutes.
   *
   * <p>What is too old is older than its time by {@code now} and at the same time further back than
   * as many newer points as that time holds: a clock that is wrong by a year removes nothing.
   *
   * @param since points older than this have not changed since the last call
   */
  void rollUp(String scaler, Instant now, Instant since) throws Exception;

  /** Returns a store that ends with this process; for tests and rehearsals. */
  static HistoryStore memory() {
    return new MemoryHistory();
  }

  /**
   * Returns a store in PostgreSQL or H2. It makes and migrates its tables, {@code spinforge_…}, by
   * itself when it is first used, also if two processes do so at once. Not connected before.
   *
   * @param source of the host's, never closed; a pool of two is plenty
   */
  static HistoryStore jdbc(DataSource source) {
    return new JdbcHistory(requireNonNull(source, "source"));
  }

  /**
   * Returns a store in a file of this machine, by H2 in this process: the default where there is no
   * database. One process at a time can have it open.
   *
   * @param file without H2's ending {@code .mv.db}
   * @throws IllegalStateException if {@code com.h2database:h2} is not on the class path
   */
  static HistoryStore file(Path file) {
    return new JdbcHistory(new H2File(requireNonNull(file, "file")));
  }

  /**
   * What is written at once.
   *
   * @param points of one scaler
   * @param decisions of one scaler
   * @param notes of one scaler
   */
  record Batch(List<Point> points, List<StoredDecision> decisions, List<Note> notes) {
    /** Copies the lists. */
    public Batch {
      points = List.copyOf(points);
      decisions = List.copyOf(decisions);
      notes = List.copyOf(notes);
    }
  }

  /**
   * Demand in one span of time.
   *
   * @param time its start, a multiple of {@code step} since 1970
   * @param step its length in whole seconds, a divisor of a day
   * @param demand mean demand, finite and from 0
   * @param peak highest mean of a point that it was made from
   * @param samples how many ticks it was made from, from 1
   * @param overloaded whether instances were loaded beyond the ceiling
   * @param excluded whether it is nothing to learn from
   */
  record Point(
      Instant time,
      Duration step,
      double demand,
      double peak,
      int samples,
      boolean overloaded,
      boolean excluded) {
    private static final long DAY = 86_400;

    /** Checks everything. */
    public Point {
      long seconds = step.getSeconds();
      Checks.argument(
          seconds >= 1 && step.getNano() == 0 && DAY % seconds == 0,
          "step",
          step,
          "whole seconds, a divisor of a day");
      Checks.argument(
          time.getNano() == 0 && Math.floorMod(time.getEpochSecond(), seconds) == 0,
          "time",
          time,
          "a multiple of " + step);
      Checks.argument(
          demand >= 0 && demand < Double.POSITIVE_INFINITY, "demand", demand, "finite, >= 0.0");
      Checks.argument(peak >= 0 && peak < Double.POSITIVE_INFINITY, "peak", peak, "finite, >= 0.0");
      Checks.argument(samples >= 1, "samples", samples, ">= 1");
    }

    /** Returns the first instant after it. */
    public Instant end() {
      return time.plus(step);
    }
  }

  /** A decision, in words and with everything that it was made from. Immutable. */
  final class StoredDecision {
    private final Instant time;
    private final String json;
    private final byte[] inputs;

    /**
     * Makes one.
     *
     * @param time when it was made, to the microsecond
     * @param json what was decided, as the decision itself says it
     * @param inputs what {@code Autoscaler.replay} makes the same decision from; copied
     */
    public StoredDecision(Instant time, String json, byte[] inputs) {
      this.time = requireNonNull(time, "time");
      this.json = requireNonNull(json, "json");
      this.inputs = inputs.clone();
    }

    /** Returns when it was made. */
    public Instant time() {
      return time;
    }

    /** Returns what was decided. */
    public String json() {
      return json;
    }

    /** Returns a copy of what it was made from. */
    public byte[] inputs() {
      return inputs.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof StoredDecision that
          && time.equals(that.time)
          && json.equals(that.json)
          && Arrays.equals(inputs, that.inputs);
    }

    @Override
    public int hashCode() {
      return time.hashCode();
    }

    @Override
    public String toString() {
      return "decision of " + time + ", " + inputs.length + " bytes: " + json;
    }
  }

  /**
   * A start of instances.
   *
   * @param ready when they were seen to be ready, to the microsecond
   * @param took time from the request, above 0
   */
  record Start(Instant ready, Duration took) {
    /** Checks the time. */
    public Start {
      Checks.argument(!took.isNegative() && !took.isZero(), "took", took, "above PT0S");
    }
  }

  /**
   * What somebody said of a span of time.
   *
   * @param from first instant, to the microsecond
   * @param until first instant after it
   * @param kind name of the annotation, 1 to 32 characters
   */
  record Note(Instant from, Instant until, String kind) {
    /** Checks the order and the name. */
    public Note {
      Checks.argument(from.isBefore(until), "until", until, "after " + from);
      Checks.argument(
          !kind.isBlank() && kind.length() <= 32, "kind", "'" + kind + "'", "1 to 32 characters");
    }
  }
}
