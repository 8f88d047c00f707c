/** A two-level cache over memory (Caffeine) and Redis (Lettuce). */
@NullMarked
package io.spinforge.cache;

import org.jspecify.annotations.NullMarked;
