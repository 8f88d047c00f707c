package io.spinforge.benchmarks.sim.balance;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Someone who chooses the server of each request and hears how it went. */
interface Client {
  /**
   * Makes a request, in one or more attempts at servers named by their numbers.
   *
   * @param attempt sends the request to a server
   * @return how the request went in the end
   */
  CompletableFuture<Void> call(Function<Integer, CompletableFuture<Void>> attempt);
}
