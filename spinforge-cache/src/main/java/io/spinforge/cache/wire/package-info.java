/** The format of an entry in Redis. Depends on nothing; every released version stays readable. */
@NullMarked
package io.spinforge.cache.wire;

import org.jspecify.annotations.NullMarked;
