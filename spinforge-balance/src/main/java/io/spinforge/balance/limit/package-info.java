/**
 * Admission: how many requests may run at once, and how many a client may send in a time. Both
 * stand alone, and need no balancer.
 */
@NullMarked
package io.spinforge.balance.limit;

import org.jspecify.annotations.NullMarked;
