/** Micrometer meters, goals and the scrape page for the SpinForge components. */
module io.spinforge.metrics {
  requires transitive micrometer.core;
  requires org.slf4j;
  requires static transitive io.spinforge.cache;
  requires static transitive io.spinforge.balance;
  requires static transitive io.spinforge.health;
  requires static transitive io.spinforge.scaling;
  requires static transitive org.jspecify;

  exports io.spinforge.metrics;
}
