package io.spinforge.scaling.history;

import io.spinforge.scaling.internal.Database;
import io.spinforge.scaling.internal.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A history in the tables of {@link Schema}. A batch is a transaction. Thread-safe. */
final class JdbcHistory implements HistoryStore {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String SELECT_POINTS =
      "SELECT step_seconds, at_second, demand, peak, samples, overloaded, excluded FROM"
          + " spinforge_point WHERE scaler = ? AND step_seconds >= ? AND step_seconds < ? AND"
          + " at_second >= ? AND at_second < ?";

  private final Database database;
  private final Schema schema;

  // Set once the tables are there; racing threads only migrate twice, which does nothing.
  private volatile @Nullable Dialect dialect;

  JdbcHistory(DataSource source) {
    this(source, Schema.MIGRATIONS);
  }

  JdbcHistory(DataSource source, List<List<String>> migrations) {
    database = new Database(source, PATIENCE);
    schema = new Schema(database, migrations);
  }

  private Dialect ready() throws SQLException {
    Dialect known = dialect;
    if (known == null) {
      known = schema.migrate();
      dialect = known;
    }
    return known;
  }

  @Override
  public void write(String scaler, Batch batch) throws SQLException {
    Dialect dialect = ready();
    database.run(
        connection -> {
          put(connection, dialect, scaler, batch.points());
          decisions(connection, dialect, scaler, batch.decisions());
          notes(connection, dialect, scaler, batch.notes());
          return true;
        });
  }

  private static void put(Connection c, Dialect dialect, String scaler, List<Point> points)
      throws SQLException {
    if (points.isEmpty()) {
      return;
    }
    String sql =
        dialect.upsert(
            "spinforge_point",
            "scaler, step_seconds, at_second",
            "demand",
            "peak",
            "samples",
            "overloaded",
            "excluded");
    try (PreparedStatement statement = c.prepareStatement(sql)) {
      for (Point point : points) {
        statement.setString(1, scaler);
        statement.setInt(2, (int) point.step().toSeconds());
        statement.setLong(3, point.time().getEpochSecond());
        statement.setDouble(4, point.demand());
        statement.setDouble(5, point.peak());
        statement.setInt(6, point.samples());
        statement.setBoolean(7, point.overloaded());
        statement.setBoolean(8, point.excluded());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private static void decisions(
      Connection c, Dialect dialect, String scaler, List<StoredDecision> decisions)
      throws SQLException {
    if (decisions.isEmpty()) {
      return;
    }
    String sql = dialect.upsert("spinforge_decision", "scaler, at_micros", "json", "inputs");
    try (PreparedStatement statement = c.prepareStatement(sql)) {
      for (StoredDecision decision : decisions) {
        statement.setString(1, scaler);
        statement.setLong(2, micros(decision.time()));
        statement.setString(3, decision.json());
        statement.setBytes(4, decision.inputs());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private static void notes(Connection c, Dialect dialect, String scaler, List<Note> notes)
      throws SQLException {
    if (notes.isEmpty()) {
      return;
    }
    String sql = dialect.upsert("spinforge_note", "scaler, from_micros, until_micros, kind");
    try (PreparedStatement statement = c.prepareStatement(sql)) {
      for (Note note : notes) {
        statement.setString(1, scaler);
        statement.setLong(2, micros(note.from()));
        statement.setLong(3, micros(note.until()));
        statement.setString(4, note.kind());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  @Override
  public List<Point> points(String scaler, Instant from, Instant until) throws SQLException {
    ready();
    return Steps.finest(
        database.run(c -> points(c, scaler, 1, Integer.MAX_VALUE, seconds(from), seconds(until))));
  }

  private static List<Point> points(
      Connection c, String scaler, int step, int untilStep, long from, long until)
      throws SQLException {
    List<Point> points = new ArrayList<>();
    try (PreparedStatement statement = c.prepareStatement(SELECT_POINTS)) {
      statement.setFetchSize(1000);
      statement.setString(1, scaler);
      statement.setInt(2, step);
      statement.setInt(3, untilStep);
      statement.setLong(4, from);
      statement.setLong(5, until);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          points.add(
              new Point(
                  Instant.ofEpochSecond(row.getLong(2)),
                  Duration.ofSeconds(row.getInt(1)),
                  row.getDouble(3),
                  row.getDouble(4),
                  row.getInt(5),
                  row.getBoolean(6),
                  row.getBoolean(7)));
        }
      }
    }
    return points;
  }

  @Override
  public List<StoredDecision> decisions(String scaler, Instant from, Instant until, int limit)
      throws SQLException {
    ready();
    String sql =
        "SELECT at_micros, json, inputs FROM spinforge_decision WHERE scaler = ? AND at_micros >= ?"
            + " AND at_micros < ? ORDER BY at_micros LIMIT ?";
    return database.run(
        c -> {
          List<StoredDecision> decisions = new ArrayList<>();
          try (PreparedStatement statement = c.prepareStatement(sql)) {
            statement.setString(1, scaler);
            statement.setLong(2, micros(from));
            statement.setLong(3, micros(until));
            statement.setInt(4, limit);
            try (ResultSet row = statement.executeQuery()) {
              while (row.next()) {
                decisions.add(
                    new StoredDecision(instant(row.getLong(1)), row.getString(2), row.getBytes(3)));
              }
            }
          }
          return decisions;
        });
  }

  @Override
  public List<Note> notes(String scaler, Instant from, Instant until) throws SQLException {
    ready();
    String sql =
        "SELECT from_micros, until_micros, kind FROM spinforge_note WHERE scaler = ? AND"
            + " from_micros < ? AND until_micros > ? ORDER BY from_micros, until_micros";
    return database.run(
        c -> {
          List<Note> notes = new ArrayList<>();
          try (PreparedStatement statement = c.prepareStatement(sql)) {
            statement.setString(1, scaler);
            statement.setLong(2, micros(until));
            statement.setLong(3, micros(from));
            try (ResultSet row = statement.executeQuery()) {
              while (row.next()) {
                notes.add(
                    new Note(instant(row.getLong(1)), instant(row.getLong(2)), row.getString(3)));
              }
            }
          }
          return notes;
        });
  }

  @Override
  public void writeStarts(String scaler, List<Start> starts) throws SQLException {
    Dialect dialect = ready();
    String sql = dialect.upsert("spinforge_start", "scaler, ready_micros, took_nanos");
    database.run(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (Start start : starts) {
              statement.setString(1, scaler);
              statement.setLong(2, micros(start.ready()));
              statement.setLong(3, start.took().toNanos());
              statement.addBatch();
            }
            statement.executeBatch();
          }
          return true;
        });
  }

  @Override
  public List<Start> starts(String scaler) throws SQLException {
    ready();
    String sql =
        "SELECT ready_micros, took_nanos FROM spinforge_start WHERE scaler = ? ORDER BY"
            + " ready_micros DESC, took_nanos DESC LIMIT "
            + STARTS;
    return database.run(
        c -> {
          List<Start> starts = new ArrayList<>();
          try (PreparedStatement statement = c.prepareStatement(sql)) {
            statement.setString(1, scaler);
            try (ResultSet row = statement.executeQuery()) {
              while (row.next()) {
                starts.add(new Start(instant(row.getLong(1)), Duration.ofNanos(row.getLong(2))));
              }
            }
          }
          Collections.reverse(starts);
          return starts;
        });
  }

  @Override
  public void rollUp(String scaler, Instant now, Instant since) throws SQLException {
    Dialect dialect = ready();
    database.run(
        c -> {
          roll(c, dialect, scaler, Steps.MINUTES, Steps.FIVE_MINUTES, now, since);
          roll(c, dialect, scaler, Steps.FIVE_MINUTES, Steps.HOURS, now, since);
          for (Steps steps : Steps.values()) {
            String rows =
                "spinforge_point WHERE scaler = ? AND step_seconds >= "
                    + steps.from
                    + " AND step_seconds < "
                    + steps.until;
            long oldest = now.minus(steps.kept).getEpochSecond();
            trim(c, rows, "at_second", scaler, steps.usual(), oldest);
          }
          String rows = "spinforge_decision WHERE scaler = ?";
          long oldest = micros(now.minus(MINUTES));
          trim(c, rows, "at_micros", scaler, Steps.MINUTES.usual(), oldest);
          rows = "spinforge_start WHERE scaler = ?";
          trim(c, rows, "ready_micros", scaler, STARTS, Long.MAX_VALUE);
          rows = "spinforge_note WHERE scaler = ?";
          trim(c, rows, "until_micros", scaler, 1000, micros(now.minus(HOURS)));
          return true;
        });
  }

  private static void roll(
      Connection c,
      Dialect dialect,
      String scaler,
      Steps from,
      Steps to,
      Instant now,
      Instant since)
      throws SQLException {
    long first = Math.floorDiv(seconds(since), (long) to.from) * to.from;
    long end = Math.floorDiv(seconds(now), (long) to.from) * to.from;
    List<Point> fine = points(c, scaler, from.from, from.until, first, end);
    fine.sort((a, b) -> a.time().compareTo(b.time()));
    put(c, dialect, scaler, Steps.join(fine, to.from));
  }

  /** Deletes what is older than {@code oldest} and further back than {@code count} newer rows. */
  private static void trim(
      Connection c, String rows, String column, String scaler, int count, long oldest)
      throws SQLException {
    String newest =
        "SELECT " + column + " FROM " + rows + " ORDER BY " + column + " DESC LIMIT 1 OFFSET ?";
    long limit;
    try (PreparedStatement statement = c.prepareStatement(newest)) {
      statement.setString(1, scaler);
      statement.setInt(2, count - 1);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return;
        }
        limit = Math.min(oldest, row.getLong(1));
      }
    }
    try (PreparedStatement statement =
        c.prepareStatement("DELETE FROM " + rows + " AND " + column + " < ?")) {
      statement.setString(1, scaler);
      statement.setLong(2, limit);
      statement.executeUpdate();
    }
  }

  private static long seconds(Instant instant) {
    return instant.getEpochSecond();
  }

  /** Returns microseconds since 1970; what is further off than a long holds is cut off. */
  private static long micros(Instant instant) {
    try {
      return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    } catch (ArithmeticException e) {
      return instant.isBefore(Instant.EPOCH) ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
