package io.spinforge.metrics.jdbc;

import io.spinforge.metrics.watch.LogBudget;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import net.ttddyy.dsproxy.ExecutionInfo;
import net.ttddyy.dsproxy.QueryInfo;
import net.ttddyy.dsproxy.listener.MethodExecutionContext;
import net.ttddyy.dsproxy.listener.MethodExecutionListener;
import net.ttddyy.dsproxy.listener.QueryExecutionListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of every query of a pool: times it, and looks at what its borrower did before. Nothing it
 * does may fail the query. Thread-safe.
 */
final class QueryObserver implements QueryExecutionListener, MethodExecutionListener {
  private static final Logger log = LoggerFactory.getLogger("io.spinforge.metrics.jdbc");
  private static final String START = "spinforge.start";

  private final ObserverSettings settings;
  private final Explainer explainer;
  private final LogBudget budget;
  private final List<QueryMeters> meters = new CopyOnWriteArrayList<>();

  /** By the identity that a connection has from when it is borrowed until it is returned. */
  private final ConcurrentHashMap<String, UnitOfWork> units = new ConcurrentHashMap<>();

  QueryObserver(ObserverSettings settings, Explainer explainer) {
    this.settings = settings;
    this.explainer = explainer;
    this.budget =
        new LogBudget(settings.linesPerMinute(), Duration.ofMinutes(1), settings.ticker());
  }

  void add(QueryMeters added) {
    meters.add(added);
  }

  void remove(QueryMeters removed) {
    meters.remove(removed);
  }

  @Override
  public void beforeQuery(ExecutionInfo execution, List<QueryInfo> queries) {
    execution.addCustomValue(START, settings.ticker().getAsLong());
  }

  @Override
  public void afterQuery(ExecutionInfo execution, List<QueryInfo> queries) {
    Long start = execution.getCustomValue(START, Long.class);
    if (start == null || queries.isEmpty()) {
      return;
    }
    long nanos = Math.max(0, settings.ticker().getAsLong() - start);
    SqlShape shape = SqlShape.of(queries.get(0).getQuery());
    for (QueryMeters each : meters) {
      each.query(shape.operation(), !execution.isSuccess(), nanos);
    }
    if (nanos >= settings.slow().toNanos()) {
      report(Finding.SLOW);
      slow(execution, queries.get(0), shape, nanos);
    }
    Finding finding =
        units
            .computeIfAbsent(execution.getConnectionId(), id -> new UnitOfWork(settings.repeats()))
            .count(shape, execution.isBatch());
    if (finding != null) {
      report(finding);
      repeated(finding, shape);
    }
  }

  private void report(Finding finding) {
    for (QueryMeters each : meters) {
      each.finding(finding);
    }
  }

  private void slow(ExecutionInfo execution, QueryInfo query, SqlShape shape, long nanos) {
    long leftOut = budget.take();
    if (leftOut < 0) {
      return;
    }
    String line =
        String.format(
            "Slow query on pool %s: %d ms (slow from %d ms), %s%s%s",
            settings.pool(),
            nanos / 1_000_000,
            settings.slow().toMillis(),
            shape.text(),
            execution.isSuccess() ? "" : ", failed",
            suffix(leftOut));
    if (execution.isBatch()) {
      log.warn("{}", line);
    } else {
      explainer.explain(query, shape, line, log);
    }
  }

  private void repeated(Finding finding, SqlShape shape) {
    long leftOut = budget.take();
    if (leftOut < 0) {
      return;
    }
    String what =
        finding == Finding.N_PLUS_ONE
            ? "One query many times (N+1) on pool {}: {} times before the connection went back;"
                + " fetch with a join or = ANY(?) instead: {}{}"
            : "Insertions one by one on pool {}: {} times before the connection went back;"
                + " use addBatch and reWriteBatchedInserts instead: {}{}";
    log.warn(what, settings.pool(), settings.repeats(), shape.text(), suffix(leftOut));
  }

  private static String suffix(long leftOut) {
    return leftOut == 0 ? "" : " (" + leftOut + " more lines were left out)";
  }

  @Override
  public void beforeMethod(MethodExecutionContext context) {
    // Only the end of a connection matters, and it is known afterwards.
  }

  @Override
  public void afterMethod(MethodExecutionContext context) {
    if (context.getTarget() instanceof Connection && isEnd(context.getMethod().getName())) {
      units.remove(context.getConnectionInfo().getConnectionId());
    }
  }

  private static boolean isEnd(String method) {
    return method.equals("close") || method.equals("abort");
  }

  /** Connections that were used and are not back yet. */
  int unitsOpen() {
    return units.size();
  }
}
