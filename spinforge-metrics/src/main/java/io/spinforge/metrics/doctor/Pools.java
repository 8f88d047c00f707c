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

/** Connection pools: HikariCP, and MongoDB's by its connection string. */
final class Pools {
  private static final String GUIDE = "tuning guide, PostgreSQL pool";
  private static final String MONGO = "tuning guide, MongoDB pool";
  private static final String HIKARI = "HikariCP, configuration";
  private static final String JDBC = "pgJDBC, connection parameters";

  static final List<Rule> RULES = rules();

  private Pools() {}

  private static List<Rule> rules() {
    List<Rule> all = new ArrayList<>(hikari());
    all.addAll(driver());
    all.addAll(mongo());
    return List.copyOf(all);
  }

  private static List<Rule> hikari() {
    return List.of(
        rule("pools.size", "maximumPoolSize")
            .when(f -> f.number("best") < 20)
            .warn(atMost(f -> 2 * f.number("best")))
            .info(atMost(f -> f.number("best")))
            .why(
                "more connections than CPUs * 2 + disks only wait for each other, against the"
                    + " guide's 20 (CPUs are this machine's unless databaseCpus says otherwise)")
            .fix(f -> "maximumPoolSize=" + (long) f.number("best"))
            .source("HikariCP, About Pool Sizing"),
        rule("pools.size.guide", "maximumPoolSize")
            .when(f -> f.number("best") >= 20)
            .info(atMost(f -> f.number("best")))
            .why("more connections than CPUs * 2 + disks only wait for each other")
            .fix("maximumPoolSize=20")
            .source(GUIDE),
        rule("pools.size.least", "maximumPoolSize")
            .warn(atLeast(2))
            .why("one transaction that needs a second connection waits for itself")
            .fix("maximumPoolSize=5")
            .source("HikariCP, About Pool Sizing"),
        rule("pools.connection_timeout", "connectionTimeout")
            .in(Unit.SECONDS)
            .warn(atMost(10))
            .info(atMost(2))
            .why("callers wait that long for a connection while the database is away")
            .fix("connectionTimeout=2000")
            .source(GUIDE),
        rule("pools.idle_timeout", "idleTimeout")
            .when(f -> f.number("minimumIdle") < f.number("maximumPoolSize"))
            .in(Unit.SECONDS)
            .info(text("10 to 600 s", v -> Facts.parse(v) >= 10 && Facts.parse(v) <= 600))
            .why("too short opens connections all the time, too long keeps what a spike opened")
            .fix("idleTimeout=30000")
            .source(GUIDE),
        rule("pools.max_lifetime", "maxLifetime")
            .in(Unit.SECONDS)
            .warn(text("60 to 1800 s", v -> Facts.parse(v) >= 60 && Facts.parse(v) <= 1800))
            .why("connections that are never replaced are cut by somebody else, in use")
            .fix("maxLifetime=1800000")
            .source(HIKARI),
        rule("pools.validation", "validationTimeout")
            .in(Unit.SECONDS)
            .warn(atMost(f -> f.number("connectionTimeout")))
            .why("one dead connection uses up the whole wait")
            .fix("validationTimeout=1000")
            .source(HIKARI),
        rule("pools.keepalive", "keepaliveTime")
            .in(Unit.SECONDS)
            .info(text("30 to 600 s", v -> Facts.parse(v) >= 30 && Facts.parse(v) <= 600))
            .why("firewalls forget idle connections without telling either side")
            .fix("keepaliveTime=120000")
            .source(HIKARI),
        rule("pools.leaks", "leakDetectionThreshold")
            .in(Unit.SECONDS)
            .info(text("2 to 300 s", v -> Facts.parse(v) >= 2 && Facts.parse(v) <= 300))
            .why("a connection that is never given back leaves no trace of who took it")
            .fix("leakDetectionThreshold=30000")
            .source(HIKARI),
        rule("pools.test_query", "connectionTestQuery")
            .info(is(""))
            .why("a driver of JDBC 4 checks a connection with less, by isValid")
            .fix("remove connectionTestQuery")
            .source(HIKARI),
        rule("pools.name", "poolName")
            .info(text("a name of its own", v -> !v.matches("HikariPool-\\d+")))
            .why("threads, logs and meters of two pools cannot be told apart")
            .fix("poolName=<what it is for>")
            .source(HIKARI),
        rule("pools.metered", "metered")
            .info(is("true"))
            .why("nobody sees how long callers wait for a connection")
            .fix("metricRegistry=<MeterRegistry>")
            .source(HIKARI),
        rule("pools.waiting", "waiting")
            .critical(atMost(f -> f.number("maximumPoolSize")))
            .warn(atMost(0))
            .why("so many callers wait for a connection right now")
            .fix("find what holds the connections: leakDetectionThreshold, pg_stat_activity")
            .source("HikariCP, HikariPoolMXBean"),
        rule("pools.autocommit", "autoCommit")
            .info(is("true"))
            .why("each read begins a transaction that somebody has to end")
            .fix("autoCommit=true, transactions where they are needed")
            .source(HIKARI));
  }

  private static List<Rule> driver() {
    return List.of(
        rule("pools.tls", "tls")
            .when(f -> !f.has("loopback"))
            .critical(is("verify-full", "verify-ca"))
            .why("without verification anybody on the way can be the database")
            .fix("sslmode=verify-full&sslrootcert=<file>")
            .source(GUIDE),
        rule("pools.tls.factory", "sslfactory")
            .critical(text("one that verifies", v -> !v.contains("NonValidating")))
            .why("it accepts every certificate")
            .fix("remove sslfactory; sslmode=verify-full")
            .source(GUIDE),
        rule("pools.application_name", "ApplicationName")
            .info(isNot("", "PostgreSQL JDBC Driver"))
            .why("pg_stat_activity and logs do not tell whose session it is")
            .fix("ApplicationName=spinforge")
            .source(GUIDE),
        rule("pools.socket_timeout", "socketTimeout")
            .in(Unit.SECONDS)
            .warn(atLeast(1))
            .info(between(1, 300))
            .why("a database that vanished without a word is waited for, for ever")
            .fix("socketTimeout=35 (seconds, more than statement_timeout)")
            .source(GUIDE),
        rule("pools.connect_timeout", "connectTimeout")
            .in(Unit.SECONDS)
            .info(between(1, 10))
            .why("a host that is gone does not refuse, it is silent")
            .fix("connectTimeout=5")
            .source(JDBC),
        rule("pools.tcp_keepalive", "tcpKeepAlive")
            .when(f -> !f.has("loopback"))
            .info(is("true"))
            .why("firewalls forget idle connections without telling either side")
            .fix("tcpKeepAlive=true")
            .source(JDBC),
        rule("pools.batches", "reWriteBatchedInserts")
            .info(is("true"))
            .why("a batch of inserts goes row by row; rewritten it is several times faster")
            .fix("reWriteBatchedInserts=true")
            .source("tuning guide, query work; " + JDBC),
        rule("pools.prepared", "prepareThreshold")
            .info(text("1 to 5", v -> Facts.parse(v) >= 1 && Facts.parse(v) <= 5))
            .why("statements are parsed and planned anew each time")
            .fix("prepareThreshold=5")
            .source("tuning guide, query work; " + JDBC),
        rule("pools.password", "password.in.url")
            .warn(is("no"))
            .why("a URL is logged, shown in consoles and sent with errors")
            .fix("password=<secret> as a property of its own")
            .source(JDBC));
  }

  private static List<Rule> mongo() {
    return List.of(
        mongo("maxPoolSize", "pools.mongo.max")
            .info(between(1, 20))
            .fix("maxPoolSize=20")
            .why("each connection costs the server a thread and up to a megabyte"),
        mongo("minPoolSize", "pools.mongo.min")
            .info(between(1, 20))
            .fix("minPoolSize=5")
            .why("the first requests after a pause wait for connections"),
        mongo("maxIdleTimeMS", "pools.mongo.idle")
            .info(between(10_000, 600_000))
            .fix("maxIdleTimeMS=30000")
            .why("0 keeps idle connections until somebody else cuts them, in use"),
        mongo("socketTimeoutMS", "pools.mongo.socket")
            .info(between(1_000, 60_000))
            .fix("socketTimeoutMS=45000")
            .why("0 waits for ever for a server that vanished"),
        mongo("serverSelectionTimeoutMS", "pools.mongo.selection")
            .info(between(500, 5_000))
            .fix("serverSelectionTimeoutMS=5000")
            .why("callers wait that long while there is no primary"),
        mongo("w", "pools.mongo.writes")
            .warn(isNot("0"))
            .fix("w=1")
            .why("writes are not acknowledged, and lost without a word"));
  }

  private static Rule mongo(String option, String name) {
    return rule(name, "mongo." + option).source(MONGO);
  }
}
