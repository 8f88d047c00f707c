package io.spinforge.benchmarks.sim.balance;

import io.spinforge.balance.LoadBalancerBuilder;
import io.spinforge.balance.Policy;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/** One row of a table: a way of choosing servers, made anew for each client. */
record Contender(String name, Factory factory) {
  /** Makes one client. */
  interface Factory {
    /** Returns a client of these servers. */
    Client client(VirtualTime time, SplittableRandom random, int servers);
  }

  static Contender of(String name, Policy policy) {
    return of(name, builder -> builder.policy(policy));
  }

  static Contender of(String name, UnaryOperator<LoadBalancerBuilder<Integer>> options) {
    return new Contender(
        name, (time, random, servers) -> new BalancerClient(time, random, servers, options));
  }

  static Contender roundRobin() {
    return of("round robin", Policy.roundRobin());
  }

  static Contender leastLoaded() {
    return of("least loaded", Policy.leastLoaded());
  }

  static Contender powerOfTwo() {
    return of("power of two", Policy.powerOf(2));
  }

  static Contender peakEwma() {
    return of("peak EWMA", Policy.peakEwma(Duration.ofSeconds(10)));
  }

  static Contender adaptive() {
    return of("adaptive", Policy.adaptive());
  }
}
