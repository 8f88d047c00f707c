package io.spinforge.metrics.doctor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns what a Redis server answered into facts. */
final class RedisFacts {
  /** Asked for one by one, which 6.2 understands; of the password only whether there is one. */
  static final List<String> KEYS =
      List.of(
          "maxmemory",
          "maxmemory-policy",
          "maxmemory-samples",
          "lazyfree-lazy-eviction",
          "lazyfree-lazy-expire",
          "lazyfree-lazy-server-del",
          "lazyfree-lazy-user-del",
          "lazyfree-lazy-user-flush",
          "replica-lazy-flush",
          "save",
          "stop-writes-on-bgsave-error",
          "appendonly",
          "appendfsync",
          "tcp-backlog",
          "tcp-keepalive",
          "timeout",
          "maxclients",
          "io-threads",
          "protected-mode",
          "bind",
          "requirepass",
          "repl-backlog-size",
          "slowlog-log-slower-than",
          "latency-monitor-threshold");

  private static final List<String> INFO =
      List.of(
          "total_system_memory",
          "mem_fragmentation_ratio",
          "used_memory",
          "rdb_last_bgsave_status",
          "aof_last_write_status",
          "latest_fork_usec",
          "rejected_connections",
          "connected_slaves",
          "master_link_status",
          "loading");

  private RedisFacts() {}

  /**
   * What a server answered.
   *
   * @param server host and port
   * @param info the text of INFO, or null
   * @param config values by key
   * @param self the text of CLIENT INFO, or null
   * @param refused what was refused, and how
   */
  record Answers(
      String server,
      @Nullable String info,
      Map<String, String> config,
      @Nullable String self,
      Map<String, String> refused) {}

  /** The machine it may share with us; both are NaN if unknown. */
  record Neighbour(double cpus, double somaxconn) {}

  static Facts of(Answers answers, Neighbour here) {
    Facts facts = new Facts(answers.server);
    answers.refused.forEach(facts::unreadable);
    answers.config.forEach(
        (key, value) -> {
          if (!key.equals("requirepass")) {
            facts.put(key, value);
          }
        });
    if (answers.config.containsKey("protected-mode")) {
      facts.put("exposed", exposed(answers.config) ? "yes" : "no");
    }
    Map<String, String> info = info(answers.info);
    for (String key : INFO) {
      facts.put(key, info.get(key));
    }
    String version = info.get("redis_version");
    if (version != null) {
      facts.put("version", version.replaceFirst("^(\\d+\\.\\d+).*", "$1"));
    }
    facts.put("clients.share", number(info, "connected_clients") / facts.number("maxclients"));
    double hits = number(info, "keyspace_hits");
    double lookups = hits + number(info, "keyspace_misses");
    facts.put("hits.share", lookups >= 10_000 ? hits / lookups : Double.NaN);
    String self = answers.self == null ? "" : answers.self;
    if (!self.isEmpty() && address(self, " addr=").equals(address(self, " laddr="))) {
      facts.put("cpus", here.cpus).put("somaxconn", here.somaxconn);
    }
    return facts;
  }

  private static boolean exposed(Map<String, String> config) {
    List<String> bind = List.of(config.getOrDefault("bind", "").split(" ", -1));
    boolean everywhere = bind.contains("*") || bind.contains("0.0.0.0") || bind.contains("");
    return everywhere
        && "no".equals(config.get("protected-mode"))
        && config.getOrDefault("requirepass", "").isEmpty();
  }

  private static double number(Map<String, String> info, String key) {
    String value = info.get(key);
    return value == null ? Double.NaN : Facts.parse(value);
  }

  private static Map<String, String> info(@Nullable String text) {
    Map<String, String> all = new LinkedHashMap<>();
    if (text != null) {
      text.lines()
          .filter(line -> line.indexOf(':') > 0 && !line.startsWith("#"))
          .forEach(
              line -> {
                int colon = line.indexOf(':');
                all.put(line.substring(0, colon), line.substring(colon + 1).strip());
              });
    }
    return all;
  }

  /** The host part of an address in CLIENT INFO: both ends are one machine if it is the same. */
  private static String address(String self, String key) {
    int at = self.indexOf(key);
    String value = at < 0 ? key : self.substring(at + key.length()).split(" ", 2)[0];
    return value.substring(0, Math.max(0, value.lastIndexOf(':')));
  }
}
