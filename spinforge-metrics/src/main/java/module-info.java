/** Micrometer meters, goals and the scrape endpoint for the SpinForge components. */
module io.spinforge.metrics {
  requires transitive micrometer.core;
  requires transitive jdk.httpserver;
  requires java.management;
  requires jdk.jfr;
  requires jdk.management;
  requires transitive java.sql;
  requires org.slf4j;
  requires static io.spinforge.cache;
  requires static io.spinforge.balance;
  requires static io.spinforge.health;
  requires static io.spinforge.scaling;
  requires static com.zaxxer.hikari;
  requires static lettuce.core;
  requires static jakarta.servlet;
  requires static net.ttddyy.dsproxy;
  requires static org.jspecify;
  requires static micrometer.registry.prometheus;

  exports io.spinforge.metrics;
}
