package io.spinforge.metrics.doctor;

import static io.spinforge.metrics.doctor.Expected.atLeast;
import static io.spinforge.metrics.doctor.Expected.atMost;
import static io.spinforge.metrics.doctor.Expected.between;
import static io.spinforge.metrics.doctor.Expected.is;
import static io.spinforge.metrics.doctor.Expected.isNot;
import static io.spinforge.metrics.doctor.Expected.text;
import static io.spinforge.metrics.doctor.Rule.rule;

import java.util.ArrayList;
import java.util.List;

/** A Redis server that serves as cache: {@code CONFIG GET} and {@code INFO}. */
final class Redis {
  private static final String GUIDE = "tuning guide, Redis server";
  private static final String CONF = "Redis, redis.conf";
  private static final double GIB = 1L << 30;
  private static final double MIB = 1L << 20;

  static final List<Rule> RULES = rules();

  private Redis() {}

  private static List<Rule> rules() {
    List<Rule> all = new ArrayList<>(memory());
    all.addAll(lazy());
    all.addAll(persistence());
    all.addAll(connections());
    all.addAll(state());
    return List.copyOf(all);
  }

  /** The guide's 4 GiB, but not more than three quarters of a smaller machine. */
  private static double maxmemory(Facts facts) {
    double most = facts.number("total_system_memory") * 0.75;
    return most < 4 * GIB ? most : 4 * GIB;
  }

  private static List<Rule> memory() {
    return List.of(
        rule("redis.maxmemory", "maxmemory")
            .in(Unit.BYTES)
            .warn(atLeast(1))
            .why("without a limit it grows until the kernel kills it")
            .fix(f -> "CONFIG SET maxmemory " + (long) maxmemory(f))
            .source(GUIDE),
        rule("redis.maxmemory.machine", "maxmemory")
            .when(f -> f.number("maxmemory") > 0)
            .in(Unit.BYTES)
            .critical(atMost(f -> f.number("total_system_memory") * 0.95))
            .warn(atMost(f -> f.number("total_system_memory") * 0.75))
            .why("a fork, buffers and fragmentation need memory beside the data")
            .fix(f -> "CONFIG SET maxmemory " + (long) maxmemory(f))
            .source(GUIDE + "; Redis, FAQ on memory"),
        rule("redis.policy", "maxmemory-policy")
            .critical(isNot("noeviction"))
            .warn(is("allkeys-lru", "allkeys-lfu"))
            .why(
                "a full cache has to drop what is used least, whether it has a time to live or not")
            .fix("CONFIG SET maxmemory-policy allkeys-lru")
            .source(GUIDE),
        rule("redis.samples", "maxmemory-samples")
            .info(between(5, 10))
            .why("fewer drop hot keys, more cost CPU for nothing")
            .fix("CONFIG SET maxmemory-samples 5")
            .source(GUIDE),
        rule("redis.fragmentation", "mem_fragmentation_ratio")
            .when(f -> f.number("used_memory") > 100 * MIB)
            .warn(atMost(1.5))
            .why("the process holds that many times the memory of its data")
            .fix("CONFIG SET activedefrag yes")
            .source("Redis, INFO memory"),
        rule("redis.swapped", "mem_fragmentation_ratio")
            .when(f -> f.number("used_memory") > 100 * MIB)
            .critical(atLeast(0.9))
            .why("less than its data is in memory: the rest is in swap, at a thousandth the speed")
            .fix("more memory, or a smaller maxmemory")
            .source("Redis, INFO memory"));
  }

  private static List<Rule> lazy() {
    List<Rule> all = new ArrayList<>();
    for (String key :
        List.of(
            "lazyfree-lazy-eviction",
            "lazyfree-lazy-expire",
            "lazyfree-lazy-server-del",
            "lazyfree-lazy-user-del",
            "lazyfree-lazy-user-flush",
            "replica-lazy-flush")) {
      all.add(
          rule("redis." + key.replace("lazyfree-lazy-", "lazy-"), key)
              .info(is("yes"))
              .why("freeing a large value stops every client; a thread of its own can do it")
              .fix("CONFIG SET " + key + " yes")
              .source(GUIDE));
    }
    return all;
  }

  private static List<Rule> persistence() {
    return List.of(
        rule("redis.save", "save")
            .info(is("900 1 300 10 60 10000", ""))
            .why("each snapshot forks; the guide's points in time, or none at all for a cache")
            .fix("CONFIG SET save \"900 1 300 10 60 10000\"")
            .source(GUIDE),
        rule("redis.stop_writes", "stop-writes-on-bgsave-error")
            .when(f -> !f.is("save", ""))
            .warn(is("no"))
            .why("a full disk stops every write of a cache that needs no disk")
            .fix("CONFIG SET stop-writes-on-bgsave-error no")
            .source(CONF),
        rule("redis.bgsave", "rdb_last_bgsave_status")
            .warn(is("ok"))
            .why("the last snapshot failed")
            .fix("look into the server's log: disk full, or no memory to fork")
            .source("Redis, INFO persistence"),
        rule("redis.aof.status", "aof_last_write_status")
            .critical(is("ok"))
            .why("the last write of the log failed; the server refuses writes")
            .fix("look into the server's log: disk full?")
            .source("Redis, INFO persistence"),
        rule("redis.aof.fsync", "appendfsync")
            .when(f -> f.is("appendonly", "yes"))
            .warn(isNot("always"))
            .why("each write waits for the disk")
            .fix("CONFIG SET appendfsync everysec")
            .source(CONF),
        rule("redis.fork", "latest_fork_usec")
            .warn(atMost(500_000))
            .why("the last fork stopped every client for that many microseconds")
            .fix("echo madvise > /sys/kernel/mm/transparent_hugepage/enabled, or fewer snapshots")
            .source("Redis, latency"));
  }

  private static List<Rule> connections() {
    return List.of(
        rule("redis.backlog", "tcp-backlog")
            .info(atLeast(511))
            .why("connections beyond it are dropped when all instances come back at once")
            .fix("tcp-backlog 511 (redis.conf)")
            .source(CONF),
        rule("redis.backlog.kernel", "tcp-backlog")
            .warn(atMost(f -> f.number("somaxconn")))
            .why("the kernel cuts it to net.core.somaxconn without a word")
            .fix("sysctl -w net.core.somaxconn=65535")
            .source(CONF),
        rule("redis.keepalive", "tcp-keepalive")
            .info(between(1, 300))
            .why("connections of clients that vanished stay open")
            .fix("CONFIG SET tcp-keepalive 300")
            .source(CONF),
        rule("redis.idle", "timeout")
            .warn(text("0, or at least 60", v -> v.equals("0") || Facts.parse(v) >= 60))
            .why("idle connections are closed under clients that keep them on purpose")
            .fix("CONFIG SET timeout 0")
            .source(CONF),
        rule("redis.maxclients", "maxclients")
            .warn(atLeast(1000))
            .why("further clients are turned away")
            .fix("CONFIG SET maxclients 10000")
            .source(CONF),
        rule("redis.clients", "clients.share")
            .in(Unit.SHARE)
            .critical(atMost(0.95))
            .warn(atMost(0.80))
            .why("further clients are turned away at maxclients")
            .fix("CONFIG SET maxclients <more>, after a look at CLIENT LIST")
            .source("Redis, INFO clients"),
        rule("redis.rejected", "rejected_connections")
            .warn(atMost(0))
            .why("so many clients were turned away because of maxclients")
            .fix("CONFIG SET maxclients <more>")
            .source("Redis, INFO stats"),
        rule("redis.io_threads", "io-threads")
            .info(atMost(f -> f.number("cpus") < 4 ? 1 : f.number("cpus") - 1))
            .why("threads for sockets beside the one for commands need CPUs of their own")
            .fix(f -> "io-threads " + (f.number("cpus") < 4 ? 1 : 4) + " (redis.conf)")
            .source(CONF + ", against the guide where there are fewer than four CPUs"),
        rule("redis.io_threads.few", "io-threads")
            .when(f -> f.number("cpus") > 4)
            .info(atLeast(4))
            .why("one thread reads and writes every socket while CPUs are idle")
            .fix("io-threads 4 (redis.conf)")
            .source(GUIDE),
        rule("redis.open", "exposed")
            .warn(is("no"))
            .why("it listens on every address and, unless an ACL says otherwise, lets anybody in")
            .fix("protected-mode yes and requirepass, or bind 127.0.0.1 (redis.conf)")
            .source("Redis, security"),
        rule("redis.replica_buffer", "repl-backlog-size")
            .when(f -> f.number("connected_slaves") > 0)
            .in(Unit.BYTES)
            .info(atLeast(16 * MIB))
            .why("a replica that was away for longer needs everything again")
            .fix("CONFIG SET repl-backlog-size 16mb")
            .source(CONF));
  }

  private static List<Rule> state() {
    return List.of(
        rule("redis.version", "version")
            .warn(atLeast(6.2))
            .why("older ones get no fixes")
            .fix("upgrade to a supported release")
            .source("Redis, release cycle"),
        rule("redis.slowlog", "slowlog-log-slower-than")
            .info(between(0, 10_000))
            .why("commands slower than so many microseconds are noted; below 0 none is")
            .fix("CONFIG SET slowlog-log-slower-than 10000")
            .source(CONF),
        rule("redis.latency_monitor", "latency-monitor-threshold")
            .info(between(1, 1000))
            .why("LATENCY DOCTOR has nothing to go by while it is 0")
            .fix("CONFIG SET latency-monitor-threshold 100")
            .source("Redis, latency monitoring"),
        rule("redis.replication", "master_link_status")
            .critical(is("up"))
            .why("this replica serves old data")
            .fix("look into the replica's log")
            .source("Redis, INFO replication"),
        rule("redis.loading", "loading")
            .warn(is("0"))
            .why("it reads its data and answers nobody")
            .fix("wait, or a smaller data set")
            .source("Redis, INFO persistence"),
        rule("redis.hits", "hits.share")
            .in(Unit.SHARE)
            .info(atLeast(0.5))
            .why("most look-ups find nothing: a round trip for naught")
            .fix("longer times to live, more maxmemory, or no cache for these keys")
            .source("Redis, INFO stats"));
  }
}
