/** A two-level cache over memory (Caffeine) and Redis (Lettuce). */
module io.spinforge.cache {
  requires transitive com.github.benmanes.caffeine;
  requires transitive lettuce.core;
  requires org.slf4j;
  // Not transitive: who writes no JSON needs no Jackson to compile.
  requires static com.fasterxml.jackson.databind;
  requires static transitive org.jspecify;

  exports io.spinforge.cache;
  exports io.spinforge.cache.codec;
}
