/**
 * Tries an autoscaler on a recorded load, in virtual time and with the code that runs in
 * production: how often the instances would have been overloaded, what they would have cost, and
 * what Kubernetes' HPA would have done beside it.
 */
@NullMarked
package io.spinforge.scaling.backtest;

import org.jspecify.annotations.NullMarked;
