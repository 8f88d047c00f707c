package io.spinforge.metrics.jdbc;

/** What can be wrong with queries. */
enum Finding {
  SLOW("slow"),
  N_PLUS_ONE("n-plus-one"),
  UNBATCHED_INSERT("unbatched-insert");

  private final String tag;

  Finding(String tag) {
    this.tag = tag;
  }

  String tag() {
    return tag;
  }
}
