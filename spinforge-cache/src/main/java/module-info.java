/** A two-level cache over memory (Caffeine) and Redis (Lettuce). */
module io.spinforge.cache {
  requires transitive com.github.benmanes.caffeine;
  requires transitive lettuce.core;
  requires org.slf4j;
  requires static com.fasterxml.jackson.databind;
  requires static org.jspecify;

  exports io.spinforge.cache;
  exports io.spinforge.cache.codec;
}
