/** The JDK's HTTP client, balanced. */
@NullMarked
package io.spinforge.balance.http;

import org.jspecify.annotations.NullMarked;
