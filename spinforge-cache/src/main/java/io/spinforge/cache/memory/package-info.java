/**
 * The first level: entries in this process, each valid only as long as its partition is proven.
 * Knows nothing of Redis; it is told what was invalidated, what was proven and what was lost.
 */
@NullMarked
package io.spinforge.cache.memory;

import org.jspecify.annotations.NullMarked;
