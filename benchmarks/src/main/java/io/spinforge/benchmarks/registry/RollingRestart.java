package io.spinforge.benchmarks.registry;

import io.spinforge.balance.LoadBalancer;
import io.spinforge.benchmarks.load.Answer;
import io.spinforge.benchmarks.load.LoadDriver;
import io.spinforge.benchmarks.load.Phase;
import io.spinforge.benchmarks.load.PhaseResult;
import io.spinforge.health.HealthChecker;
import io.spinforge.health.probe.HttpProbe;
import io.spinforge.health.registry.ServiceInstance;
import io.spinforge.health.registry.ServiceRegistry;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Rolling restarts of a service of real processes under load, with registry, health checker and
 * balancer wired by method references, all with their defaults.
 *
 * <p>{@code RollingRestart [restarts] [instances] [requests a second]}; a restart is of all
 * instances, one after the other. Ends with 1 if a request failed.
 */
public final class RollingRestart {
  private RollingRestart() {}

  /** Runs the restarts and prints what became of the requests. */
  public static void main(String[] args) throws Exception {
    int restarts = args.length > 0 ? Integer.parseInt(args[0]) : 20;
    int count = args.length > 1 ? Integer.parseInt(args[1]) : 10;
    int rate = args.length > 2 ? Integer.parseInt(args[2]) : 1000;
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    LoadBalancer<ServiceInstance> balancer =
        LoadBalancer.<ServiceInstance>builder().weight(ServiceInstance::weight).build();
    PhaseResult result;
    try (Lab lab = new Lab();
        Instances instances = new Instances(lab.server.uri(), 3000);
        ServiceRegistry registry = lab.registry().build();
        HealthChecker<ServiceInstance> health =
            HealthChecker.<ServiceInstance>builder()
                .probe(HttpProbe.get(i -> i.uri().resolve("/health")))
                .interval(Duration.ofSeconds(1))
                .timeout(Duration.ofSeconds(1))
                .build()) {
      registry.watch(InstanceMain.SERVICE, health::targets);
      health.onChange(balancer::update);
      health.onTransition(
          t -> {
            if (t.refused()) {
              registry.confirmDown(t.target());
            }
          });
      for (int i = 0; i < count; i++) {
        instances.start();
      }
      Lab.await(Duration.ofMinutes(1), () -> health.view().healthy().size() == count);
      try (LoadDriver driver =
          LoadDriver.of(n -> send(client, balancer)).maxInFlight(5000).start()) {
        Phase warmUp = driver.begin("warm-up", rate / 10.0);
        TimeUnit.SECONDS.sleep(2);
        Phase restarting = driver.begin("restarts", rate);
        for (int i = 0; i < restarts * count; i++) {
          instances.stopOldest();
          instances.start();
        }
        TimeUnit.SECONDS.sleep(1);
        driver.begin("end", 0);
        restarting.complete().get(30, TimeUnit.SECONDS);
        result = restarting.result();
        Lab.print("warm-up: %s", warmUp.result());
      }
    }
    Lab.print("%d restarts of %d processes: %s", restarts, count, result);
    System.exit(result.failures().isEmpty() ? 0 : 1);
  }

  private static CompletionStage<Answer> send(
      HttpClient client, LoadBalancer<ServiceInstance> balancer) {
    return balancer
        .callAsync(
            i -> {
              HttpRequest request =
                  HttpRequest.newBuilder(i.uri().resolve("/item"))
                      .timeout(Duration.ofSeconds(10))
                      .build();
              return client.sendAsync(request, BodyHandlers.discarding());
            })
        .thenApply(
            reply ->
                reply.statusCode() == 200
                    ? Answer.ok()
                    : Answer.failed("status " + reply.statusCode()));
  }
}
