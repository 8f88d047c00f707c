/** Autoscaling: the right number of instances, decided by code that says why. */
module io.spinforge.scaling {
  requires com.zaxxer.hikari;
  requires org.slf4j;
  requires static transitive lettuce.core;
  requires static transitive org.jspecify;

  exports io.spinforge.scaling;
}
