package io.spinforge.balance.nginx;

import io.spinforge.balance.nginx.NginxUpstream.Keepalive;
import io.spinforge.balance.nginx.NginxUpstream.Method;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads an {@code upstream} block, by nginx' rules on what goes with what. */
final class UpstreamReader {
  private static final String KNOWN =
      "server, zone, least_conn, random, ip_hash, hash, keepalive, keepalive_requests,"
          + " keepalive_time, keepalive_timeout";

  private final List<NginxServer> servers = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();
  private Method method = Method.ROUND_ROBIN;
  private Keepalive keepalive = Keepalive.NONE;
  private @Nullable String chosenBy;
  private @Nullable String hashKey;
  private @Nullable String zone;

  private UpstreamReader() {}

  static List<NginxUpstream> readAll(List<Directive> directives) {
    List<NginxUpstream> found = new ArrayList<>();
    for (Directive directive : directives) {
      if (directive.name().equals("upstream")) {
        found.add(new UpstreamReader().read(directive));
      } else {
        found.addAll(readAll(directive.block()));
      }
    }
    return found;
  }

  private NginxUpstream read(Directive upstream) {
    if (upstream.args().size() != 1) {
      throw upstream.wrong(String.join(" ", upstream.words()), "upstream name { … }");
    }
    String name = upstream.args().get(0);
    for (Directive directive : upstream.block()) {
      if (!directive.block().isEmpty()) {
        throw directive.wrong(directive.name(), "no block within an upstream");
      }
      if (!directive.name().equals("server") && !seen.add(directive.name())) {
        throw directive.wrong(directive.name(), "once");
      }
      take(directive);
    }
    check(upstream, name);
    return new NginxUpstream(
        name, servers, method, Optional.ofNullable(hashKey), Optional.ofNullable(zone), keepalive);
  }

  private void take(Directive directive) {
    List<String> args = directive.args();
    switch (directive.name()) {
      case "server" -> servers.add(ServerReader.read(directive));
      case "zone" -> {
        count(directive, 1, 2);
        zone = args.get(0);
      }
      case "least_conn" -> {
        count(directive, 0, 0);
        choose(directive, Method.LEAST_CONN);
      }
      case "random" -> random(directive);
      case "ip_hash" -> {
        count(directive, 0, 0);
        choose(directive, Method.HASH);
        hashKey = "$remote_addr";
      }
      case "hash" -> hash(directive);
      default -> keepalive(directive);
    }
  }

  private void random(Directive directive) {
    count(directive, 0, 2);
    List<String> args = directive.args();
    boolean two = !args.isEmpty() && args.get(0).equals("two");
    if ((!args.isEmpty() && !two) || (args.size() == 2 && !args.get(1).equals("least_conn"))) {
      throw directive.wrong(
          String.join(" ", directive.words()), "random, random two or random two least_conn");
    }
    choose(directive, two ? Method.RANDOM_TWO : Method.RANDOM);
  }

  private void hash(Directive directive) {
    count(directive, 1, 2);
    List<String> args = directive.args();
    if (args.size() == 2 && !args.get(1).equals("consistent")) {
      throw directive.wrong("hash … " + args.get(1), "hash key or hash key consistent");
    }
    choose(directive, args.size() == 2 ? Method.HASH_CONSISTENT : Method.HASH);
    hashKey = args.get(0);
  }

  private void choose(Directive directive, Method by) {
    if (chosenBy != null) {
      throw directive.wrong(directive.name(), "one method, there is " + chosenBy + " before it");
    }
    chosenBy = directive.name();
    method = by;
  }

  private void keepalive(Directive directive) {
    Keepalive old = keepalive;
    String name = directive.name();
    boolean known =
        Set.of("keepalive", "keepalive_requests", "keepalive_time", "keepalive_timeout")
            .contains(name);
    if (!known) {
      throw directive.wrong(name + ": unknown in an upstream", KNOWN);
    }
    count(directive, 1, 1);
    String value = directive.args().get(0);
    keepalive =
        switch (name) {
          case "keepalive" ->
              new Keepalive(number(directive, value), old.requests(), old.time(), old.timeout());
          case "keepalive_requests" ->
              new Keepalive(old.connections(), number(directive, value), old.time(), old.timeout());
          case "keepalive_time" ->
              new Keepalive(
                  old.connections(),
                  old.requests(),
                  ServerReader.time(directive, name, value),
                  old.timeout());
          default ->
              new Keepalive(
                  old.connections(),
                  old.requests(),
                  old.time(),
                  ServerReader.time(directive, name, value));
        };
  }

  private static int number(Directive directive, String value) {
    return ServerReader.number(directive, directive.name(), value, 1, Integer.MAX_VALUE);
  }

  private static void count(Directive directive, int least, int most) {
    int count = directive.args().size();
    if (count < least || count > most) {
      throw directive.wrong(
          String.join(" ", directive.words()),
          least == most ? least + " arguments" : least + " to " + most + " arguments");
    }
  }

  private void check(Directive upstream, String name) {
    if (servers.stream().allMatch(NginxServer::backup)) {
      throw upstream.wrong("upstream " + name, "a server that is no backup");
    }
    boolean noBackups = method != Method.ROUND_ROBIN && method != Method.LEAST_CONN;
    if (noBackups && servers.stream().anyMatch(NginxServer::backup)) {
      throw upstream.wrong("upstream " + name + ": backup", "no backup with " + chosenBy);
    }
  }
}
