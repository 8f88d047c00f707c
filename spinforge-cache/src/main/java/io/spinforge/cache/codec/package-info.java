/** How a value becomes bytes for Redis, and back. */
@NullMarked
package io.spinforge.cache.codec;

import org.jspecify.annotations.NullMarked;
