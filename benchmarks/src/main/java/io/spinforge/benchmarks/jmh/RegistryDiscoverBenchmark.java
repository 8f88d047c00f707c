package io.spinforge.benchmarks.jmh;

import io.spinforge.health.registry.ServiceInstance;
import io.spinforge.health.registry.ServiceRegistry;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The instances of a watched service, of which there are 100. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class RegistryDiscoverBenchmark {

  private static final int INSTANCES = 100;

  private final ServiceRegistry registry = ServiceRegistry.inMemory();

  @Setup
  public void register() throws InterruptedException {
    for (int i = 0; i < INSTANCES; i++) {
      registry.register(ServiceInstance.of("checkout", "127.0.0.1", 10_000 + i).build());
    }
    CountDownLatch loaded = new CountDownLatch(1);
    registry.watch(
        "checkout",
        instances -> {
          if (instances.size() == INSTANCES) {
            loaded.countDown();
          }
        });
    if (!loaded.await(1, TimeUnit.MINUTES)) {
      throw new IllegalStateException("the watch never saw all instances");
    }
  }

  @TearDown
  public void close() throws Exception {
    registry.close();
  }

  @Benchmark
  public List<ServiceInstance> discover() {
    return registry.discover("checkout");
  }
}
