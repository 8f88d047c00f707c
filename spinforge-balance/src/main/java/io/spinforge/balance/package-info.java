/** Load balancing: choosing a backend per request, and learning from how it answered. */
@NullMarked
package io.spinforge.balance;

import org.jspecify.annotations.NullMarked;
