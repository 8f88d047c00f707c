package io.spinforge.benchmarks.registry;

import com.sun.net.httpserver.HttpServer;
import io.lettuce.core.RedisClient;
import io.spinforge.health.HealthChecker;
import io.spinforge.health.Status;
import io.spinforge.health.probe.HttpProbe;
import io.spinforge.health.registry.RedisServiceRegistry;
import io.spinforge.health.registry.Registration;
import io.spinforge.health.registry.RegistrationState;
import io.spinforge.health.registry.ServiceInstance;
import io.spinforge.health.registry.ServiceRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;

/**
 * One instance of the service in a process of its own: registers when its own health check passes,
 * and on a byte from its standard input stops in the order that loses no request.
 */
final class InstanceMain {
  static final String SERVICE = "checkout";

  /** How long watchers have to see that it drains. */
  private static final Duration DRAIN = Duration.ofMillis(1500);

  private InstanceMain() {}

  /** Runs on a port that the system chooses; the arguments are Redis and the TTL in ms. */
  public static void main(String[] args) throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    HttpServer server = HttpServer.create(any, 512);
    server.setExecutor(Executors.newFixedThreadPool(8));
    server.createContext(
        "/",
        exchange -> {
          byte[] body = "ok".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    Duration ttl = Duration.ofMillis(Long.parseLong(args[1]));
    ServiceInstance me =
        ServiceInstance.of(SERVICE, "127.0.0.1", server.getAddress().getPort()).build();
    RedisClient redis = RedisClient.create(args[0]);
    ServiceRegistry registry =
        RedisServiceRegistry.builder(redis).ttl(ttl).heartbeat(ttl.dividedBy(3)).build();
    CompletableFuture<Void> fit = new CompletableFuture<>();
    HealthChecker<ServiceInstance> self =
        HealthChecker.<ServiceInstance>builder()
            .probe(HttpProbe.get(i -> i.uri().resolve("/health")))
            .build();
    self.onTransition(
        t -> {
          if (t.to() == Status.HEALTHY) {
            fit.complete(null);
          }
        });
    self.targets(List.of(me));
    Registration registration = registry.registerWhen(me, fit);
    Lab.await(Duration.ofMinutes(1), () -> registration.state() == RegistrationState.ACTIVE);
    self.close();
    System.out.println("ready");
    int ordered = System.in.read();
    if (ordered >= 0) {
      registration.drain(DRAIN); // watchers move away while it still answers
      server.stop(2); // no new connection; what was begun is finished
      registration.close();
      registry.close();
    }
    System.exit(0);
  }
}
