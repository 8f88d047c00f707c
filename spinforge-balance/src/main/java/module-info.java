/** Load balancing: choosing a backend per request, and learning from how it answered. */
module io.spinforge.balance {
  requires org.slf4j;
  requires static transitive lettuce.core;
  requires static transitive org.jspecify;

  exports io.spinforge.balance;
  exports io.spinforge.balance.limit;
}
