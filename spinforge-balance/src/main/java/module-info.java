/** Load balancing: choosing a backend per request, and learning from how it answered. */
module io.spinforge.balance {
  requires org.slf4j;
  requires static java.net.http;
  requires static lettuce.core;
  requires static org.jspecify;

  exports io.spinforge.balance;
  exports io.spinforge.balance.http;
  exports io.spinforge.balance.limit;
  exports io.spinforge.balance.nginx;
}
