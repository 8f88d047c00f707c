package io.spinforge.metrics.jdbc;

/** What can be wrong with queries. */
public enum Finding {
  /** It took longer than a query should. */
  SLOW("slow"),
  /** One read came many times where one could have fetched all. */
  N_PLUS_ONE("n-plus-one"),
  /** Rows came one by one where a batch would do. */
  UNBATCHED_INSERT("unbatched-insert");

  private final String tag;

  Finding(String tag) {
    this.tag = tag;
  }

  /** Returns it as the value of a tag. */
  public String tag() {
    return tag;
  }
}
