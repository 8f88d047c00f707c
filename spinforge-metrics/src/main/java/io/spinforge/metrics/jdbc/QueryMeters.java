package io.spinforge.metrics.jdbc;

import io.spinforge.metrics.jdbc.SqlShape.Operation;

/** Where the queries of a pool are counted; the binding of a pool implements it with meters. */
public interface QueryMeters {
  /** The operations a query is counted under. */
  static String[] operations() {
    Operation[] all = Operation.values();
    String[] tags = new String[all.length];
    for (int i = 0; i < tags.length; i++) {
      tags[i] = all[i].tag();
    }
    return tags;
  }

  /** The kinds of findings. */
  static String[] findings() {
    Finding[] all = Finding.values();
    String[] tags = new String[all.length];
    for (int i = 0; i < tags.length; i++) {
      tags[i] = all[i].tag();
    }
    return tags;
  }

  /**
   * Counts a query, or a batch as one.
   *
   * @param operation an index into {@link #operations()}
   */
  void query(int operation, boolean failed, long nanos);

  /**
   * Counts a finding.
   *
   * @param kind an index into {@link #findings()}
   */
  void finding(int kind);
}
