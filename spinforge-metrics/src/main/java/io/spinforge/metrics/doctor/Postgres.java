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

/** A PostgreSQL server: {@code pg_settings} as a session of the pool sees it, and statistics. */
final class Postgres {
  private static final String GUIDE = "tuning guide, PostgreSQL";
  private static final String DOCS = "PostgreSQL, server configuration";
  private static final double MIB = 1L << 20;

  static final List<Rule> RULES = rules();

  private Postgres() {}

  private static List<Rule> rules() {
    List<Rule> all = new ArrayList<>(connections());
    all.addAll(memory());
    all.addAll(safety());
    all.addAll(insight());
    return List.copyOf(all);
  }

  private static String set(String name, String value) {
    return "ALTER SYSTEM SET " + name + " = " + value;
  }

  private static List<Rule> connections() {
    return List.of(
        rule("postgresql.connections.pool", "max_connections")
            .critical(atLeast(f -> f.number("pool") + f.number("superuser_reserved_connections")))
            .why("the pool cannot fill; the last ones are kept for administrators")
            .fix("a smaller maximumPoolSize; " + set("max_connections", "100"))
            .source(DOCS),
        rule("postgresql.connections.many", "max_connections")
            .info(atMost(500))
            .why("each is a process; hundreds of active ones only take turns")
            .fix(set("max_connections", "100") + ", and a pool in front")
            .source(DOCS),
        rule("postgresql.connections.used", "connections.share")
            .in(Unit.SHARE)
            .critical(atMost(0.95))
            .warn(atMost(0.80))
            .why("the next instance of this service will not get its connections")
            .fix("smaller pools, or a pooler such as PgBouncer")
            .source("PostgreSQL, pg_stat_activity"),
        rule("postgresql.statement_timeout", "statement_timeout")
            .in(Unit.SECONDS)
            .warn(text("more than 0", v -> Facts.parse(v) > 0))
            .info(text("0 < timeout <= 30 s", v -> Facts.parse(v) > 0 && Facts.parse(v) <= 30))
            .why("a runaway statement holds its connection, and others wait for it")
            .fix("options=-c statement_timeout=30s in the JDBC URL")
            .source(GUIDE),
        rule("postgresql.idle_in_transaction", "idle_in_transaction_session_timeout")
            .in(Unit.SECONDS)
            .info(text("0 < timeout <= 300 s", v -> Facts.parse(v) > 0 && Facts.parse(v) <= 300))
            .why("a forgotten transaction keeps locks and stops vacuum")
            .fix(set("idle_in_transaction_session_timeout", "'60s'"))
            .source(DOCS),
        rule("postgresql.lock_timeout", "lock_timeout")
            .in(Unit.SECONDS)
            .info(text("0 < timeout <= 30 s", v -> Facts.parse(v) > 0 && Facts.parse(v) <= 30))
            .why("one migration that waits for a lock makes every query wait behind it")
            .fix(set("lock_timeout", "'10s'"))
            .source(DOCS),
        rule("postgresql.idle_now", "idle.in.transaction")
            .warn(atMost(0))
            .why("so many sessions have been idle within a transaction for over a minute")
            .fix("commit or roll back in a finally block; " + "leakDetectionThreshold finds where")
            .source("PostgreSQL, pg_stat_activity"),
        rule("postgresql.keepalive", "tcp_keepalives_idle")
            .when(f -> !f.has("local"))
            .in(Unit.SECONDS)
            .info(text("0 < idle <= 600 s", v -> Facts.parse(v) > 0 && Facts.parse(v) <= 600))
            .why("sessions of clients that vanished keep their locks until the kernel notices")
            .fix(set("tcp_keepalives_idle", "60"))
            .source(DOCS),
        rule("postgresql.tls", "ssl")
            .when(f -> !f.has("local"))
            .critical(is("true"))
            .why("passwords and rows pass the network in the clear")
            .fix("sslmode=verify-full in the JDBC URL")
            .source(GUIDE));
  }

  private static List<Rule> memory() {
    return List.of(
        rule("postgresql.shared_buffers", "shared_buffers")
            .in(Unit.BYTES)
            .warn(atLeast(128 * MIB))
            .info(atLeast(f -> f.has("memory") ? f.number("memory") * 0.15 : 256 * MIB))
            .why("a quarter of the machine's memory is a good start; the default is a small one's")
            .fix(set("shared_buffers", "'1GB'") + ", then restart")
            .source(DOCS),
        rule("postgresql.shared_buffers.share", "shared_buffers")
            .when(f -> f.has("memory"))
            .in(Unit.BYTES)
            .warn(atMost(f -> f.number("memory") * 0.45))
            .why("the system's own cache needs the rest, and pages would be held twice")
            .fix(set("shared_buffers", "'1GB'") + ", then restart")
            .source(DOCS),
        rule("postgresql.cache_size", "effective_cache_size")
            .in(Unit.BYTES)
            .info(atLeast(f -> f.number("shared_buffers")))
            .why("the planner believes that less is cached than is, and avoids indexes")
            .fix(set("effective_cache_size", "'3GB'"))
            .source(DOCS),
        rule("postgresql.work_mem", "work_mem")
            .in(Unit.BYTES)
            .warn(atLeast(4 * MIB))
            .why("sorts and hashes beyond it go to disk")
            .fix(set("work_mem", "'16MB'"))
            .source(DOCS),
        rule("postgresql.work_mem.total", "work_mem.total")
            .when(f -> f.has("memory"))
            .in(Unit.BYTES)
            .warn(atMost(f -> f.number("memory") * 0.75))
            .why("work_mem once a connection is more than the machine has")
            .fix(set("work_mem", "'16MB'") + ", or fewer connections")
            .source(DOCS),
        rule("postgresql.maintenance_work_mem", "maintenance_work_mem")
            .in(Unit.BYTES)
            .info(atLeast(64 * MIB))
            .why("vacuum and index builds take more passes")
            .fix(set("maintenance_work_mem", "'256MB'"))
            .source(DOCS),
        rule("postgresql.page_cost", "random_page_cost")
            .info(between(1, 2))
            .why("4 is a spinning disk's; on flash the planner avoids indexes for nothing")
            .fix(set("random_page_cost", "1.1"))
            .source(DOCS),
        rule("postgresql.wal", "max_wal_size")
            .in(Unit.BYTES)
            .info(atLeast(1024 * MIB))
            .why("checkpoints come early under load and write everything twice")
            .fix(set("max_wal_size", "'2GB'"))
            .source(DOCS),
        rule("postgresql.checkpoints", "checkpoint_completion_target")
            .info(between(0.8, 0.95))
            .why("a checkpoint writes in bursts that queries wait for")
            .fix(set("checkpoint_completion_target", "0.9"))
            .source(DOCS),
        rule("postgresql.cache_hits", "hits.share")
            .in(Unit.SHARE)
            .warn(atLeast(0.90))
            .why("so few blocks come from memory")
            .fix(set("shared_buffers", "<more>") + ", or an index")
            .source("PostgreSQL, pg_stat_database"));
  }

  private static List<Rule> safety() {
    return List.of(
        on("fsync", "a crash of the machine destroys the database"),
        on("full_page_writes", "a crash of the machine destroys the database"),
        on("autovacuum", "tables bloat, and one day the transaction numbers run out"),
        rule("postgresql.synchronous_commit", "synchronous_commit")
            .info(isNot("off"))
            .why("a crash loses transactions that were acknowledged")
            .fix(set("synchronous_commit", "on"))
            .source(DOCS),
        rule("postgresql.wraparound", "xid.age")
            .critical(atMost(1_500_000_000))
            .warn(atMost(1_000_000_000))
            .why("at two billion the server stops taking writes")
            .fix("VACUUM (FREEZE) of the oldest tables, and see what stops autovacuum")
            .source("PostgreSQL, routine vacuuming"),
        rule("postgresql.password_encryption", "password_encryption")
            .warn(is("scram-sha-256"))
            .why("md5 hashes are as good as the password itself")
            .fix(set("password_encryption", "'scram-sha-256'"))
            .source(DOCS),
        rule("postgresql.checksums", "data_checksums")
            .info(is("on"))
            .why("a disk that returns wrong bytes is not noticed")
            .fix("pg_checksums --enable, with the server stopped")
            .source(DOCS),
        rule("postgresql.version", "server_version_num")
            .warn(atLeast(140_000))
            .why("older ones get no fixes")
            .fix("upgrade to a supported release")
            .source("PostgreSQL, versioning policy"));
  }

  private static Rule on(String name, String why) {
    return rule("postgresql." + name, name)
        .critical(is("on"))
        .why(why)
        .fix(set(name, "on"))
        .source(DOCS);
  }

  private static List<Rule> insight() {
    return List.of(
        rule("postgresql.slow_log", "log_min_duration_statement")
            .in(Unit.SECONDS)
            .info(text("0 to 1 s", v -> Facts.parse(v) >= 0 && Facts.parse(v) <= 1))
            .why("slow statements leave no trace")
            .fix(set("log_min_duration_statement", "'250ms'"))
            .source(DOCS),
        rule("postgresql.lock_log", "log_lock_waits")
            .info(is("on"))
            .why("who waited for whom is not to be found afterwards")
            .fix(set("log_lock_waits", "on"))
            .source(DOCS),
        rule("postgresql.io_timing", "track_io_timing")
            .info(is("on"))
            .why("EXPLAIN (ANALYZE, BUFFERS) cannot tell waiting for a disk from computing")
            .fix(set("track_io_timing", "on"))
            .source(GUIDE),
        rule("postgresql.statements", "shared_preload_libraries")
            .info(text("contains pg_stat_statements", v -> v.contains("pg_stat_statements")))
            .why("nothing tells which statements the time goes to")
            .fix(set("shared_preload_libraries", "'pg_stat_statements'") + ", then restart")
            .source(DOCS),
        rule("postgresql.deadlocks", "deadlocks")
            .info(atMost(0))
            .why("so many transactions of this database were ended to break a deadlock")
            .fix("take locks in the same order everywhere")
            .source("PostgreSQL, pg_stat_database"));
  }
}
