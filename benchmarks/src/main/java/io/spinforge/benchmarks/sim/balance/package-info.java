/**
 * Load balancing in virtual time: the production balancer and its peers against simulated servers,
 * with fixed seeds. {@link io.spinforge.benchmarks.sim.balance.BalanceTables} prints the tables.
 */
@NullMarked
package io.spinforge.benchmarks.sim.balance;

import org.jspecify.annotations.NullMarked;
