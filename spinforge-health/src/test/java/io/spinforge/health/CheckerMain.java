package io.spinforge.health;

import io.spinforge.health.probe.HttpProbe;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A checker in a process of its own: prints each transition, and for each byte on its standard
 * input its counters.
 */
final class CheckerMain {
  private CheckerMain() {}

  public static void main(String[] args) throws IOException {
    List<URI> targets = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      targets.add(URI.create("http://127.0.0.1:" + args[0] + "/health?" + i));
    }
    HealthChecker<URI> checker =
        HealthChecker.<URI>builder()
            .probe(HttpProbe.get(uri -> uri))
            .interval(Duration.ofSeconds(2))
            .timeout(Duration.ofSeconds(2))
            .fall(1)
            .build();
    checker.onTransition(t -> print(t.from() + " " + t.to() + " " + t.reason()));
    checker.targets(targets);
    checker.ready().whenComplete((view, thrown) -> print("ready"));
    while (System.in.read() >= 0) {
      HealthStats stats = checker.stats();
      print("stats " + stats.healthy() + " " + stats.stalls());
    }
    System.exit(0);
  }

  private static void print(String line) {
    System.out.println(line);
  }
}
