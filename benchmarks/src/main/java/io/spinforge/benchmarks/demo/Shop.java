package io.spinforge.benchmarks.demo;

import io.lettuce.core.RedisClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.Outlier;
import io.spinforge.balance.Policy;
import io.spinforge.balance.Retry;
import io.spinforge.balance.Snapshot;
import io.spinforge.balance.Snapshot.MemberSnapshot;
import io.spinforge.health.HealthChecker;
import io.spinforge.health.Transition;
import io.spinforge.health.probe.HttpProbe;
import io.spinforge.health.registry.RedisServiceRegistry;
import io.spinforge.health.registry.ServiceInstance;
import io.spinforge.health.registry.ServiceRegistry;
import io.spinforge.metrics.HttpMetrics;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;

/**
 * The way from the registry to a worker: who exists, who is fit, who is chosen. The lines that wire
 * it are those of the README.
 */
final class Shop implements AutoCloseable {
  private final ServiceRegistry registry;
  private final HealthChecker<ServiceInstance> health;
  private final LoadBalancer<ServiceInstance> balancer;
  private final Labels labels;
  private final Gateway gateway;

  Shop(RedisClient redis, HttpClient client, MeterRegistry meters) throws IOException {
    registry = RedisServiceRegistry.builder(redis).build();
    health =
        HealthChecker.<ServiceInstance>builder()
            .probe(HttpProbe.get(worker -> worker.uri().resolve("/health")))
            .interval(Duration.ofSeconds(2))
            .build();
    balancer =
        LoadBalancer.<ServiceInstance>builder()
            .policy(Policy.adaptive())
            .outlier(Outlier.nginx(3, Duration.ofSeconds(5)))
            .retry(Retry.budget(0.2, 10))
            .classifier(Gateway.byStatus())
            .build();
    registry.watch(Wire.SERVICE, health::targets);
    health.onChange(balancer::update);
    health.onTransition(this::confirm);
    labels = Labels.open(redis);
    gateway = new Gateway(balancer, client, labels::of, HttpMetrics.create(meters));
  }

  /** A refused connection is a second witness: the registry need not wait for the lease to end. */
  private void confirm(Transition<ServiceInstance> transition) {
    if (transition.refused()) {
      registry.confirmDown(transition.target());
    }
  }

  Gateway gateway() {
    return gateway;
  }

  Labels labels() {
    return labels;
  }

  ServiceRegistry registry() {
    return registry;
  }

  HealthChecker<ServiceInstance> health() {
    return health;
  }

  LoadBalancer<ServiceInstance> balancer() {
    return balancer;
  }

  /** Returns the workers that the balancer chooses from now: all of them in a panic. */
  List<ServiceInstance> workers() {
    Snapshot<ServiceInstance> now = balancer.snapshot();
    return now.members().stream()
        .filter(member -> now.panic() || !member.ejected())
        .map(MemberSnapshot::value)
        .toList();
  }

  /** Returns how many workers the balancer chooses from now. */
  int ready() {
    return workers().size();
  }

  /** Returns whether the balancer may choose this worker now. */
  boolean offers(ServiceInstance worker) {
    return workers().contains(worker);
  }

  /** Returns one of the workers that the balancer chooses from. */
  ServiceInstance anyWorker() {
    return workers().get(0);
  }

  @Override
  public void close() {
    gateway.close();
    labels.close();
    health.close();
    registry.close();
  }
}
