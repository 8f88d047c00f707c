/** Balancers from the {@code upstream} blocks of an nginx configuration. */
@NullMarked
package io.spinforge.balance.nginx;

import org.jspecify.annotations.NullMarked;
