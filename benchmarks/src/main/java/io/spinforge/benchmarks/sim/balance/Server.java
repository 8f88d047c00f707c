package io.spinforge.benchmarks.sim.balance;

import java.util.concurrent.CompletableFuture;

/** Someone who answers requests, sooner or later. */
interface Server {
  /** Completes the future with the answer or a failure; one that is done already is of no use. */
  void serve(CompletableFuture<Void> reply);
}
