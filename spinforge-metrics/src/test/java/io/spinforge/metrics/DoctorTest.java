package io.spinforge.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.zaxxer.hikari.HikariDataSource;
import io.lettuce.core.RedisClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.spinforge.metrics.Doctor.Family;
import io.spinforge.metrics.Doctor.Finding;
import io.spinforge.metrics.Doctor.Report;
import io.spinforge.metrics.Doctor.Severity;
import io.spinforge.metrics.system.HealthyHost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
  @TempDir Path root;

  private Doctor doctor() {
    return Doctor.of(HealthyHost.in(root).files(), 4).timeout(Duration.ofMinutes(1));
  }

  @Test
  void thisMachineCanBeExamined() {
    Report report = Doctor.standard().examine();
    assertThat(report.examined())
        .containsExactly(Family.KERNEL, Family.LIMITS, Family.CONTAINER, Family.JVM);
    // Tests run with neither flag.
    assertThat(report.of(Family.JVM)).extracting(Finding::rule).contains("jvm.oom.exit");
    assertThat(report.toText()).contains("not examined, for want of a client or data source");
  }

  @Test
  void aHealthyMachineHasFindingsOfThisTestsJvmOnly() {
    assertThat(doctor().examine().findings()).extracting(Finding::family).containsOnly(Family.JVM);
  }

  @Test
  void flagsSayWhoSetThem() {
    assertThat(doctor().examine().of(Family.JVM))
        .filteredOn(finding -> finding.rule().equals("jvm.oom.dump"))
        .singleElement()
        .satisfies(finding -> assertThat(finding.live()).isEqualTo("false (default)"));
  }

  @Test
  void theTextNamesLiveValueExpectationReasonFixAndSource() {
    HealthyHost host = HealthyHost.in(root).write("proc/sys/net/core/somaxconn", "128");
    assertThat(Doctor.of(host.files(), 4).examine().toText())
        .startsWith(
            """
            kernel
              WARN kernel.somaxconn of host: 128 (expected: at least 65535)
                why:    it caps every listen backlog; connections beyond it are dropped in a burst
                fix:    sysctl -w net.core.somaxconn=65535
                source: tuning guide, Linux
            limits: nothing found
            container: nothing found
            """);
  }

  @Test
  void theJsonSaysTheSame() {
    HealthyHost host = HealthyHost.in(root).write("proc/sys/vm/zone_reclaim_mode", "\"\\\u0001");
    assertThat(Doctor.of(host.files(), 4).examine().toJson())
        .startsWith("{\"at\":\"")
        .contains("\"examined\":[\"kernel\",\"limits\",\"container\",\"jvm\"]")
        .contains(
            "{\"family\":\"kernel\",\"rule\":\"kernel.zone_reclaim_mode\",\"severity\":\"warn\","
                + "\"subject\":\"host\",\"live\":\"\\\"\\\\\\u0001\",\"expected\":\"0\"")
        .endsWith("}]}");
  }

  @Test
  void theLastReportIsGaugesUntilTheyAreClosed() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    Doctor doctor = Doctor.of(HealthyHost.in(root).write("proc/sys/fs/file-max", "10").files(), 4);
    Doctor.Gauges gauges = doctor.bindTo(registry);
    assertThat(gauge(registry, "kernel", "warn")).isNaN();
    Report report = doctor.examine();
    assertThat(doctor.latest()).isSameAs(report);
    assertThat(gauge(registry, "kernel", "warn")).isEqualTo(1);
    assertThat(gauge(registry, "kernel", "critical")).isZero();
    assertThatIllegalStateException().isThrownBy(() -> doctor.bindTo(registry));
    assertThat(gauge(registry, "kernel", "warn")).isEqualTo(1);
    gauges.close();
    gauges.close();
    assertThat(registry.getMeters()).isEmpty();
  }

  private static double gauge(SimpleMeterRegistry registry, String family, String severity) {
    return registry
        .get("spinforge.doctor.findings")
        .tags("family", family, "severity", severity)
        .gauge()
        .value();
  }

  @Test
  void serversThatAreAwayAreFindingsAndNoException() {
    try (RedisClient client = RedisClient.create("redis://127.0.0.1:1");
        HikariDataSource pool = new HikariDataSource()) {
      pool.setJdbcUrl("jdbc:postgresql://127.0.0.1:1/none");
      pool.setConnectionTimeout(250);
      Report report = doctor().redis(client).dataSource(pool).examine();
      for (Family family : new Family[] {Family.REDIS, Family.POSTGRESQL}) {
        assertThat(report.count(family, Severity.UNREADABLE)).as(family.name()).isEqualTo(1);
      }
      // What needs no server is judged all the same.
      assertThat(report.of(Family.CLIENTS)).extracting(Finding::rule).contains("clients.queue");
      assertThat(report.of(Family.POOLS)).extracting(Finding::rule).contains("pools.size");
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsNotWaitedForLongerThanTheTimeout() {
    try (HikariDataSource pool = new HikariDataSource()) {
      pool.setJdbcUrl("jdbc:postgresql://127.0.0.1:1/none");
      pool.setConnectionTimeout(20_000);
      pool.setInitializationFailTimeout(-1);
      Report report = doctor().dataSource(pool).timeout(Duration.ofMillis(100)).examine();
      assertThat(report.of(Family.POSTGRESQL))
          .singleElement()
          .satisfies(
              finding ->
                  assertThat(finding.live())
                      .isEqualTo("connection cannot be read: no answer within PT0.1S"));
    }
  }

  @Test
  void ofAMongoStringOnlyTheOptionsAreRead() {
    Report report =
        doctor()
            .mongo("mongodb://user:secret@db:27017/shop?maxPoolSize=20&w=0&minpoolsize=5")
            .examine();
    assertThat(report.of(Family.POOLS))
        .extracting(Finding::rule)
        .containsExactly(
            "pools.mongo.writes",
            "pools.mongo.idle",
            "pools.mongo.socket",
            "pools.mongo.selection");
    assertThat(report.toString() + report.toJson()).doesNotContain("secret");
  }

  @Test
  void badInputIsRefusedAtTheCall() {
    Doctor doctor = doctor();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> doctor.redis("redis://"))
        .withMessage(
            "client: java.lang.String (expected: a RedisClient or RedisClusterClient of"
                + " io.lettuce:lettuce-core)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> doctor.mongo("user:secret@db"))
        .withMessageNotContaining("secret");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> doctor.database(0, 1))
        .withMessage("cpus: 0 (expected: 1 to 4096)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> doctor.database(4, -1))
        .withMessage("disks: -1 (expected: 0 to 1024)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> doctor.timeout(Duration.ZERO))
        .withMessage("timeout: PT0S (expected: PT0.1S to PT1M)");
  }

  @Test
  void aDatabaseOfMoreCpusMayHaveALargerPool() {
    try (HikariDataSource pool = new HikariDataSource()) {
      pool.setJdbcUrl("jdbc:postgresql://127.0.0.1:1/none");
      pool.setConnectionTimeout(250);
      pool.setMaximumPoolSize(20);
      Doctor doctor =
          Doctor.of(HealthyHost.in(root).files(), 2)
              .timeout(Duration.ofMinutes(1))
              .dataSource(pool);
      assertThat(poolSize(doctor.examine()).expected()).isEqualTo("at most 5");
      assertThat(doctor.database(8, 4).examine().of(Family.POOLS))
          .noneMatch(finding -> finding.rule().equals("pools.size"));
    }
  }

  private static Finding poolSize(Report report) {
    return Objects.requireNonNull(
        report.of(Family.POOLS).stream()
            .filter(finding -> finding.rule().equals("pools.size"))
            .findFirst()
            .orElse(null));
  }

  @Test
  void familiesAndSeveritiesAreThoseOfTheRules() {
    assertThat(Family.values())
        .extracting(Enum::name)
        .containsExactly(names(io.spinforge.metrics.doctor.Family.values()));
    assertThat(Severity.values())
        .extracting(Enum::name)
        .containsExactly(names(io.spinforge.metrics.doctor.Severity.values()));
  }

  private static String[] names(Enum<?>[] values) {
    return Arrays.stream(values).map(Enum::name).toArray(String[]::new);
  }
}
