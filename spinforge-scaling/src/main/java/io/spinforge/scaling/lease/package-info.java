/** Who of several acts: {@link io.spinforge.scaling.lease.LeaderLease}. */
@NullMarked
package io.spinforge.scaling.lease;

import org.jspecify.annotations.NullMarked;
