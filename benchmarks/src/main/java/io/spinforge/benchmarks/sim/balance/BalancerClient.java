package io.spinforge.benchmarks.sim.balance;

import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.LoadBalancerBuilder;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** The production balancer, through its public doors, on virtual time and seeded randomness. */
final class BalancerClient implements Client {
  final LoadBalancer<Integer> balancer;

  BalancerClient(
      VirtualTime time,
      SplittableRandom random,
      int servers,
      UnaryOperator<LoadBalancerBuilder<Integer>> options) {
    balancer =
        options.apply(LoadBalancer.<Integer>builder()).ticker(time).random(() -> random).build();
    balancer.update(IntStream.range(0, servers).boxed().toList());
  }

  @Override
  public CompletableFuture<Void> call(Function<Integer, CompletableFuture<Void>> attempt) {
    return balancer.callAsync(attempt);
  }
}
