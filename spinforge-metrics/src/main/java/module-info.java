/** Micrometer meters, goals and the scrape endpoint for the SpinForge components. */
module io.spinforge.metrics {
  requires transitive micrometer.core;
  requires transitive jdk.httpserver;
  requires java.management;
  requires jdk.management;
  requires org.slf4j;
  requires static transitive io.spinforge.cache;
  requires static transitive io.spinforge.balance;
  requires static transitive io.spinforge.health;
  requires static transitive io.spinforge.scaling;
  requires static transitive jakarta.servlet;
  requires static transitive org.jspecify;
  requires static io.prometheus.metrics.model;
  requires static micrometer.registry.prometheus;

  exports io.spinforge.metrics;
}
