/**
 * Algorithms that choose, one file each. They see nodes (what is known of a member's load) and
 * weights, and answer with an index; they know nothing of the values that are balanced.
 */
@NullMarked
package io.spinforge.balance.pick;

import org.jspecify.annotations.NullMarked;
