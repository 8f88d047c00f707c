package io.spinforge.metrics.jdbc;

/** Where the queries of a pool are counted; the binding of a pool implements it with meters. */
public interface QueryMeters {
  /** Counts a query, or a batch as one. */
  void query(Operation operation, boolean failed, long nanos);

  /** Counts a finding. */
  void finding(Finding finding);
}
