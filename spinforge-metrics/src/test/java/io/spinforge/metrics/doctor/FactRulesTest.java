package io.spinforge.metrics.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** JVM, servers, pools and clients: faults are planted among facts that are healthy. */
class FactRulesTest {
  private static final Map<Family, String> HEALTHY =
      Map.of(
          Family.JVM,
          """
          MaxHeapSize=3221225472
          heap.share=0.75
          heap.live=0.4
          direct.share=0.82
          limited=true
          memory=4294967296
          cpus=4
          gc.share=0.01
          UseCompressedOops=true
          UseSerialGC=false
          UseParallelGC=false
          UseG1GC=true
          MaxGCPauseMillis=200
          ParallelGCThreads=4
          DisableExplicitGC=false
          oom.exit=true
          HeapDumpOnOutOfMemoryError=true
          HeapDumpPath=/dumps
          UseContainerSupport=true
          ReservedCodeCacheSize=251658240
          code.share=0.2
          TieredStopAtLevel=4
          mode=mixed mode, sharing
          MaxMetaspaceSize=18446744073709547520
          ThreadStackSize=1024
          debug=off
          jmx=off
          dns.ttl=30
          deadlocked=0
          """,
          Family.REDIS,
          """
          maxmemory=4294967296
          total_system_memory=17179869184
          maxmemory-policy=allkeys-lru
          maxmemory-samples=5
          mem_fragmentation_ratio=1.1
          used_memory=2147483648
          lazyfree-lazy-eviction=yes
          lazyfree-lazy-expire=yes
          lazyfree-lazy-server-del=yes
          lazyfree-lazy-user-del=yes
          lazyfree-lazy-user-flush=yes
          replica-lazy-flush=yes
          save=900 1 300 10 60 10000
          stop-writes-on-bgsave-error=no
          rdb_last_bgsave_status=ok
          aof_last_write_status=ok
          appendonly=no
          appendfsync=everysec
          latest_fork_usec=20000
          tcp-backlog=511
          somaxconn=65535
          tcp-keepalive=300
          timeout=0
          maxclients=10000
          clients.share=0.01
          rejected_connections=0
          io-threads=4
          cpus=8
          exposed=no
          repl-backlog-size=16777216
          connected_slaves=1
          version=7.2
          slowlog-log-slower-than=10000
          latency-monitor-threshold=100
          master_link_status=up
          loading=0
          hits.share=0.95
          """,
          Family.POSTGRESQL,
          """
          max_connections=100
          superuser_reserved_connections=3
          pool=5
          connections.share=0.1
          statement_timeout=30
          idle_in_transaction_session_timeout=60
          lock_timeout=10
          idle.in.transaction=0
          tcp_keepalives_idle=60
          ssl=true
          memory=17179869184
          shared_buffers=4294967296
          effective_cache_size=12884901888
          work_mem=16777216
          work_mem.total=1677721600
          maintenance_work_mem=268435456
          random_page_cost=1.1
          max_wal_size=2147483648
          checkpoint_completion_target=0.9
          hits.share=0.99
          fsync=on
          full_page_writes=on
          autovacuum=on
          synchronous_commit=on
          xid.age=50000000
          password_encryption=scram-sha-256
          data_checksums=on
          server_version_num=160004
          log_min_duration_statement=0.25
          log_lock_waits=on
          track_io_timing=on
          shared_preload_libraries=pg_stat_statements
          deadlocks=0
          """,
          Family.POOLS,
          """
          maximumPoolSize=5
          best=5
          minimumIdle=2
          connectionTimeout=2
          idleTimeout=30
          maxLifetime=1800
          validationTimeout=1
          keepaliveTime=120
          leakDetectionThreshold=30
          connectionTestQuery=
          poolName=orders
          metered=true
          waiting=0
          autoCommit=true
          tls=verify-full
          sslfactory=
          ApplicationName=spinforge
          socketTimeout=35
          connectTimeout=5
          tcpKeepAlive=true
          reWriteBatchedInserts=true
          prepareThreshold=5
          password.in.url=no
          mongo.maxPoolSize=20
          mongo.minPoolSize=5
          mongo.maxIdleTimeMS=30000
          mongo.socketTimeoutMS=45000
          mongo.serverSelectionTimeoutMS=5000
          mongo.w=1
          """,
          Family.CLIENTS,
          """
          timeout.commands=true
          timeout=2
          connect=2
          queue=10000
          queue.disconnected=keep
          reconnect=true
          reconnect.delay=2
          keepalive=true
          user.timeout=true
          nodelay=true
          ping=true
          io.threads=4
          computation.threads=4
          redirects=5
          refresh.periodic=true
          refresh.adaptive=true
          """);

  /** For each rule: the severity it is found with, and the facts that make the fault. */
  private static final String PLANTS =
      """
      jvm.heap.share CRITICAL heap.share=0.97
      jvm.heap.default INFO heap.share=0.25
      jvm.heap.live WARN heap.live=0.85
      jvm.heap.pointers WARN MaxHeapSize=36507222016; UseCompressedOops=false
      jvm.direct INFO direct.share=1.5
      jvm.gc.serial WARN UseSerialGC=true
      jvm.gc.parallel INFO UseParallelGC=true
      jvm.gc.time WARN gc.share=0.15
      jvm.gc.pause INFO MaxGCPauseMillis=5
      jvm.gc.threads WARN ParallelGCThreads=16
      jvm.gc.explicit WARN DisableExplicitGC=true
      jvm.oom.exit WARN oom.exit=false
      jvm.oom.dump INFO HeapDumpOnOutOfMemoryError=false
      jvm.oom.path INFO HeapDumpPath=
      jvm.container CRITICAL UseContainerSupport=false
      jvm.code_cache.size WARN ReservedCodeCacheSize=33554432
      jvm.code_cache.used WARN code.share=0.95
      jvm.compiler.level WARN TieredStopAtLevel=1
      jvm.compiler.mode WARN mode=interpreted mode
      jvm.metaspace WARN MaxMetaspaceSize=67108864
      jvm.stack INFO ThreadStackSize=8192
      jvm.debug CRITICAL debug=*:5005
      jvm.jmx CRITICAL jmx=open
      jvm.dns WARN dns.ttl=-1
      jvm.deadlock CRITICAL deadlocked=2
      redis.maxmemory WARN maxmemory=0
      redis.maxmemory.machine WARN maxmemory=14000000000
      redis.policy CRITICAL maxmemory-policy=noeviction
      redis.samples INFO maxmemory-samples=3
      redis.fragmentation WARN mem_fragmentation_ratio=2.5
      redis.swapped CRITICAL mem_fragmentation_ratio=0.6
      redis.lazy-eviction INFO lazyfree-lazy-eviction=no
      redis.lazy-expire INFO lazyfree-lazy-expire=no
      redis.lazy-server-del INFO lazyfree-lazy-server-del=no
      redis.lazy-user-del INFO lazyfree-lazy-user-del=no
      redis.lazy-user-flush INFO lazyfree-lazy-user-flush=no
      redis.replica-lazy-flush INFO replica-lazy-flush=no
      redis.save INFO save=3600 1
      redis.stop_writes WARN stop-writes-on-bgsave-error=yes
      redis.bgsave WARN rdb_last_bgsave_status=err
      redis.aof.status CRITICAL aof_last_write_status=err
      redis.aof.fsync WARN appendonly=yes; appendfsync=always
      redis.fork WARN latest_fork_usec=900000
      redis.backlog INFO tcp-backlog=128
      redis.backlog.kernel WARN somaxconn=128
      redis.keepalive INFO tcp-keepalive=0
      redis.idle WARN timeout=5
      redis.maxclients WARN maxclients=100
      redis.clients WARN clients.share=0.9
      redis.rejected WARN rejected_connections=3
      redis.io_threads INFO cpus=2
      redis.io_threads.few INFO io-threads=1
      redis.open WARN exposed=yes
      redis.replica_buffer INFO repl-backlog-size=1048576
      redis.version WARN version=5.0
      redis.slowlog INFO slowlog-log-slower-than=-1
      redis.latency_monitor INFO latency-monitor-threshold=0
      redis.replication CRITICAL master_link_status=down
      redis.loading WARN loading=1
      redis.hits INFO hits.share=0.1
      postgresql.connections.pool CRITICAL pool=99
      postgresql.connections.many INFO max_connections=2000
      postgresql.connections.used WARN connections.share=0.85
      postgresql.statement_timeout WARN statement_timeout=0
      postgresql.idle_in_transaction INFO idle_in_transaction_session_timeout=0
      postgresql.lock_timeout INFO lock_timeout=0
      postgresql.idle_now WARN idle.in.transaction=2
      postgresql.keepalive INFO tcp_keepalives_idle=7200
      postgresql.tls CRITICAL ssl=false
      postgresql.shared_buffers INFO shared_buffers=134217728
      postgresql.shared_buffers.share WARN shared_buffers=10737418240
      postgresql.cache_size INFO effective_cache_size=1073741824
      postgresql.work_mem WARN work_mem=65536
      postgresql.work_mem.total WARN work_mem.total=34359738368
      postgresql.maintenance_work_mem INFO maintenance_work_mem=16777216
      postgresql.page_cost INFO random_page_cost=4
      postgresql.wal INFO max_wal_size=67108864
      postgresql.checkpoints INFO checkpoint_completion_target=0.5
      postgresql.cache_hits WARN hits.share=0.6
      postgresql.fsync CRITICAL fsync=off
      postgresql.full_page_writes CRITICAL full_page_writes=off
      postgresql.autovacuum CRITICAL autovacuum=off
      postgresql.synchronous_commit INFO synchronous_commit=off
      postgresql.wraparound WARN xid.age=1200000000
      postgresql.password_encryption WARN password_encryption=md5
      postgresql.checksums INFO data_checksums=off
      postgresql.version WARN server_version_num=110022
      postgresql.slow_log INFO log_min_duration_statement=-1
      postgresql.lock_log INFO log_lock_waits=off
      postgresql.io_timing INFO track_io_timing=off
      postgresql.statements INFO shared_preload_libraries=
      postgresql.deadlocks INFO deadlocks=4
      pools.size WARN maximumPoolSize=20
      pools.size.guide INFO maximumPoolSize=50; best=21
      pools.size.least WARN maximumPoolSize=1
      pools.connection_timeout WARN connectionTimeout=30
      pools.idle_timeout INFO idleTimeout=0
      pools.max_lifetime WARN maxLifetime=0
      pools.validation WARN validationTimeout=5
      pools.keepalive INFO keepaliveTime=0
      pools.leaks INFO leakDetectionThreshold=0
      pools.test_query INFO connectionTestQuery=SELECT 1
      pools.name INFO poolName=HikariPool-1
      pools.metered INFO metered=false
      pools.waiting WARN waiting=3
      pools.autocommit INFO autoCommit=false
      pools.tls CRITICAL tls=require
      pools.tls.factory CRITICAL sslfactory=org.postgresql.ssl.NonValidatingFactory
      pools.application_name INFO ApplicationName=
      pools.socket_timeout WARN socketTimeout=0
      pools.connect_timeout INFO connectTimeout=0
      pools.tcp_keepalive INFO tcpKeepAlive=false
      pools.batches INFO reWriteBatchedInserts=false
      pools.prepared INFO prepareThreshold=0
      pools.password WARN password.in.url=yes
      pools.mongo.max INFO mongo.maxPoolSize=100
      pools.mongo.min INFO mongo.minPoolSize=0
      pools.mongo.idle INFO mongo.maxIdleTimeMS=0
      pools.mongo.socket INFO mongo.socketTimeoutMS=0
      pools.mongo.selection INFO mongo.serverSelectionTimeoutMS=30000
      pools.mongo.writes WARN mongo.w=0
      clients.timeout.on WARN timeout.commands=false
      clients.timeout WARN timeout=60
      clients.connect INFO connect=10
      clients.queue WARN queue=2147483647
      clients.reconnect WARN reconnect=false
      clients.reconnect.delay INFO reconnect.delay=30
      clients.keepalive WARN keepalive=false
      clients.user_timeout INFO user.timeout=false
      clients.nodelay WARN nodelay=false
      clients.ping INFO ping=false
      clients.io_threads WARN io.threads=1
      clients.computation_threads WARN computation.threads=1
      clients.redirects INFO redirects=1
      clients.refresh.periodic WARN refresh.periodic=false
      clients.refresh.adaptive WARN refresh.adaptive=false
      """;

  private static Facts healthy(Family family) {
    Facts facts = new Facts("healthy");
    // As the JVM says of a heap that nobody set.
    facts.put("MaxHeapSize", null, "ergonomic");
    HEALTHY.getOrDefault(family, "").lines().forEach(line -> put(facts, line));
    return facts;
  }

  private static void put(Facts facts, String fact) {
    int equals = fact.indexOf('=');
    facts.put(fact.substring(0, equals).strip(), fact.substring(equals + 1).strip());
  }

  private static Map<String, String> plants() {
    Map<String, String> plants = new LinkedHashMap<>();
    PLANTS.lines().forEach(line -> plants.put(line.split(" ", 2)[0], line.split(" ", 2)[1]));
    return plants;
  }

  static Stream<Family> families() {
    return HEALTHY.keySet().stream().sorted();
  }

  static Stream<String> rules() {
    return families()
        .flatMap(family -> Examination.RULES.getOrDefault(family, List.of()).stream())
        .map(Rule::name);
  }

  @ParameterizedTest
  @MethodSource("families")
  void healthyFactsHaveNoFindings(Family family) {
    assertThat(Examination.judged(family, healthy(family))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("rules")
  void everyPlantedFaultIsFoundAndNothingElse(String rule) {
    String plant = plants().get(rule);
    assertThat(plant).as("a planted fault of " + rule).isNotNull();
    Family family = Family.valueOf(rule.split("\\.", 2)[0].toUpperCase(Locale.ROOT));
    Facts facts = healthy(family);
    Stream.of(plant.split(" ", 2)[1].split(";")).forEach(fact -> put(facts, fact));
    List<Diagnosis> found = Examination.judged(family, facts);
    assertThat(found)
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.rule()).isEqualTo(rule);
              assertThat(one.severity().name()).isEqualTo(plant.split(" ", 2)[0]);
              assertThat(one.live()).isNotNull();
              assertThat(one.expected()).isNotBlank();
              assertThat(one.why()).isNotBlank();
              assertThat(one.fix()).isNotBlank();
              assertThat(one.source()).isNotBlank();
            });
  }

  @Test
  void rulesHaveNamesOfTheirFamilyAndEachNameOnce() {
    List<String> names =
        Examination.RULES.entrySet().stream()
            .flatMap(
                entry ->
                    entry.getValue().stream()
                        .map(Rule::name)
                        .peek(
                            name ->
                                assertThat(name)
                                    .startsWith(
                                        entry.getKey().name().toLowerCase(Locale.ROOT) + ".")))
            .toList();
    assertThat(names).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(60);
  }

  @Test
  void thePoolOfTheGuideIsTooLargeForTwoCpusAndOneDisk() {
    Facts facts = healthy(Family.POOLS).put("maximumPoolSize", "20").put("best", "5");
    assertThat(Examination.judged(Family.POOLS, facts))
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.live()).isEqualTo("20");
              assertThat(found.expected()).isEqualTo("at most 5");
              assertThat(found.fix()).isEqualTo("maximumPoolSize=5");
              assertThat(found.why()).contains("against the guide's 20");
            });
  }

  @Test
  void aFactThatIsUnknownIsNotJudged() {
    Facts facts = new Facts("empty");
    for (Family family : Family.values()) {
      assertThat(Examination.judged(family, facts)).isEmpty();
    }
  }
}
