/** What keeps requests away from broken members, and retries from becoming load. */
@NullMarked
package io.spinforge.balance.guard;

import org.jspecify.annotations.NullMarked;
