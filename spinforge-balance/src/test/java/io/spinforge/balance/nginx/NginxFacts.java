package io.spinforge.balance.nginx;

import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Kinds of facts about nginx' configuration, for the conformance table. */
public final class NginxFacts {
  /** What each kind's "given" yields. */
  public static final Map<String, UnaryOperator<String>> KINDS =
      Map.of("Times in a configuration", NginxFacts::time, "Upstream blocks", NginxFacts::upstream);

  private NginxFacts() {}

  private static String time(String given) {
    try {
      NginxUpstream upstream =
          NginxUpstream.parse("upstream u { server a; keepalive_timeout " + given + "; }");
      return upstream.keepalive().timeout().toMillis() + " ms";
    } catch (IllegalArgumentException e) {
      return "rejected";
    }
  }

  private static String upstream(String given) {
    try {
      NginxUpstream upstream = NginxUpstream.parse("upstream u { " + given + " }");
      upstream.balancer();
      return upstream.method()
          + ": "
          + upstream.servers().stream()
              .map(
                  server ->
                      server
                          + " weight "
                          + server.weight()
                          + " fails "
                          + server.maxFails()
                          + " in "
                          + server.failTimeout().toSeconds()
                          + " s"
                          + (server.backup() ? " backup" : "")
                          + (server.down() ? " down" : ""))
              .collect(Collectors.joining(", "));
    } catch (IllegalArgumentException e) {
      return "rejected";
    }
  }
}
