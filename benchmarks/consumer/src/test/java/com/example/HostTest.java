package com.example;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.spinforge.balance.LoadBalancer;
import io.spinforge.cache.CacheManager;
import io.spinforge.cache.LayeredCache;
import io.spinforge.health.HealthChecker;
import io.spinforge.health.probe.Probe;
import io.spinforge.health.probe.ProbeResult;
import io.spinforge.health.registry.ServiceInstance;
import io.spinforge.health.registry.ServiceRegistry;
import io.spinforge.metrics.PerformanceGoals;
import io.spinforge.scaling.ApplyResult;
import io.spinforge.scaling.Autoscaler;
import io.spinforge.scaling.Decision;
import io.spinforge.scaling.ScaleTarget;
import io.spinforge.scaling.Signal;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A host with no more on its class path than the BOM gives it uses each of the five modules. */
class HostTest {

  @Test
  void membershipBecomesFitnessBecomesChoice() throws Exception {
    BlockingQueue<List<ServiceInstance>> fit = new LinkedBlockingQueue<>();
    LoadBalancer<ServiceInstance> balancer =
        LoadBalancer.<ServiceInstance>builder().weight(ServiceInstance::weight).build();
    try (ServiceRegistry registry = ServiceRegistry.inMemory();
        HealthChecker<ServiceInstance> health =
            HealthChecker.<ServiceInstance>builder()
                .probe(Probe.async((i, timeout) -> completedFuture(ProbeResult.healthy())))
                .build()) {
      registry.watch("checkout", health::targets);
      health.onChange(fit::add);
      registry.register(ServiceInstance.of("checkout", "127.0.0.1", 8080).build());

      List<ServiceInstance> members = fit.poll(1, TimeUnit.MINUTES);
      while (members != null && members.isEmpty()) {
        members = fit.poll(1, TimeUnit.MINUTES);
      }
      balancer.update(members);
      assertEquals(8080, (int) balancer.call(ServiceInstance::port));
    }
  }

  @Test
  void cacheLoadsOnce() {
    try (CacheManager caches = CacheManager.builder().name("host").build()) {
      LayeredCache<Integer, String> names =
          caches
              .cache("names", String.class)
              .<Integer>key(id -> "name:" + id)
              .loader(id -> "name of " + id)
              .build();
      assertEquals("name of 7", names.get(7).value());
      assertEquals("name of 7", names.get(7).value());
      assertEquals(1, names.stats().loads());
    }
  }

  @Test
  void autoscalerDecides() {
    try (Autoscaler scaler =
        Autoscaler.named("checkout")
            .target(new FourInstances())
            .signal(Signal.totalDemand(() -> 800, 100))
            .limits(1, 10)
            .build()) {
      Decision decision = scaler.tick(Instant.parse("2026-01-01T00:00:00Z"));
      assertEquals("checkout", scaler.name());
      assertEquals(8, decision.desired());
    }
  }

  @Test
  void goalsAreWatched() {
    MeterRegistry registry = new SimpleMeterRegistry();
    try (var watch = PerformanceGoals.defaults().watch(registry)) {
      assertEquals(7, watch.evaluate().goals().size());
    }
  }

  private static final class FourInstances implements ScaleTarget {
    @Override
    public State read() {
      return new State(4, 4, 0, "");
    }

    @Override
    public ApplyResult apply(int desired, State seen, OptionalLong fence) {
      return new ApplyResult.Applied(desired);
    }
  }
}
