/** Autoscaling: the right number of instances, decided by code that says why. */
module io.spinforge.scaling {
  requires java.net.http;
  requires org.slf4j;
  requires static com.fasterxml.jackson.databind;
  requires static com.zaxxer.hikari;
  requires static java.sql;
  requires static lettuce.core;
  requires static org.jspecify;

  exports io.spinforge.scaling;
  exports io.spinforge.scaling.backtest;
  exports io.spinforge.scaling.history;
  exports io.spinforge.scaling.lease;
  exports io.spinforge.scaling.target;
}
