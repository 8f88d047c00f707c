/** Health checks and service registry: which instances exist, and which are fit. */
module io.spinforge.health {
  requires transitive java.net.http;
  requires org.slf4j;
  requires static java.sql;
  requires static jdk.httpserver;
  requires static com.zaxxer.hikari;
  requires static lettuce.core;
  requires static org.jspecify;

  exports io.spinforge.health;
  exports io.spinforge.health.probe;
  exports io.spinforge.health.registry;
  exports io.spinforge.health.report;
}
