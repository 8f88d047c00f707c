/**
 * Real servers, a fault-injecting proxy and virtual clocks for the tests of all modules. Every
 * server listens on a free port of the loopback and ends with the JVM, also when that is killed.
 */
@NullMarked
package io.spinforge.testkit;

import org.jspecify.annotations.NullMarked;
