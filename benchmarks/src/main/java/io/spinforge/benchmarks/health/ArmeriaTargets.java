package io.spinforge.benchmarks.health;

import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.healthcheck.HealthCheckService;
import java.io.IOException;
import java.util.stream.Collectors;

/** A server with Armeria's own health service. Prints its ports and ends with its input. */
final class ArmeriaTargets {
  private ArmeriaTargets() {}

  /** Serves until the standard input ends; takes the number of ports. */
  public static void main(String[] args) throws IOException {
    ServerBuilder builder = Server.builder().service("/health", HealthCheckService.of());
    for (int i = 0; i < Integer.parseInt(args[0]); i++) {
      builder.localPort(0, SessionProtocol.HTTP);
    }
    Server server = builder.build();
    server.start().join();
    System.out.println(
        server.activePorts().keySet().stream()
            .map(address -> Integer.toString(address.getPort()))
            .collect(Collectors.joining(" ")));
    while (System.in.read() >= 0) {
      // Until the parent ends, in whatever way.
    }
    Runtime.getRuntime().halt(0);
  }
}
