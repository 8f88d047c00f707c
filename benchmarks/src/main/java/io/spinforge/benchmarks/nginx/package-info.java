/**
 * Scripts of requests, failures and time that a real nginx and the balancer are both put through,
 * and the comparison of whom they choose.
 */
@NullMarked
package io.spinforge.benchmarks.nginx;

import org.jspecify.annotations.NullMarked;
