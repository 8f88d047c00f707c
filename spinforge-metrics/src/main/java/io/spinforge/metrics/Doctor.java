package io.spinforge.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.spinforge.metrics.bind.Binding;
import io.spinforge.metrics.doctor.Diagnosis;
import io.spinforge.metrics.doctor.Examination;
import io.spinforge.metrics.doctor.Patient;
import io.spinforge.metrics.doctor.Subjects;
import io.spinforge.metrics.system.LinuxFiles;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Compares this machine, this JVM, and the servers and pools it is given with what they should be:
 * the tuning guide's values, or better ones where the machine says so. It only reads, and never
 * throws for what it cannot read: that becomes a finding of its own.
 *
 * <p>{@link #standard()} examines kernel, limits, container and JVM; {@link #redis} and {@link
 * #dataSource} add what else there is. Immutable but for its last report; thread-safe.
 */
public final class Doctor {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Patient patient;

  /** The last report, for gauges. */
  private final AtomicReference<@Nullable Report> latest = new AtomicReference<>();

  private Doctor(Patient patient) {
    this.patient = patient;
  }

  /** What a rule is about. */
  public enum Family {
    /** Linux's network and memory settings. */
    KERNEL,
    /** Limits of this process. */
    LIMITS,
    /** The control group and its pressure. */
    CONTAINER,
    /** This Java virtual machine. */
    JVM,
    /** A Redis server. */
    REDIS,
    /** A PostgreSQL server. */
    POSTGRESQL,
    /** Connection pools. */
    POOLS,
    /** Redis clients. */
    CLIENTS
  }

  /** How bad a finding is, gravest first. */
  public enum Severity {
    /** Data, availability or safety is at risk. */
    CRITICAL,
    /** Performance suffers, or will under load. */
    WARN,
    /** Not the recommended value. */
    INFO,
    /** Could not be read, so was not judged. */
    UNREADABLE
  }

  /**
   * One deviation. Immutable.
   *
   * @param family what it is about
   * @param rule the rule's name, such as {@code kernel.somaxconn}
   * @param severity how bad
   * @param subject which machine, server, pool or client
   * @param live what was read, with who set it where that is known
   * @param expected what it should be
   * @param why what happens otherwise
   * @param fix the line to write
   * @param source where the expectation is from
   */
  public record Finding(
      Family family,
      String rule,
      Severity severity,
      String subject,
      String live,
      String expected,
      String why,
      String fix,
      String source) {
    private static Finding of(Diagnosis of) {
      return new Finding(
          Family.valueOf(of.family().name()),
          of.rule(),
          Severity.valueOf(of.severity().name()),
          of.subject(),
          of.live(),
          of.expected(),
          of.why(),
          of.fix(),
          of.source());
    }
  }

  /**
   * What was found at one moment. Immutable.
   *
   * @param at when
   * @param took how long it took
   * @param examined the families there was something to examine of
   * @param findings what deviates or could not be read, by family, gravest first
   */
  public record Report(Instant at, Duration took, List<Family> examined, List<Finding> findings) {
    /** Copies the lists. */
    public Report {
      Objects.requireNonNull(at, "at");
      Objects.requireNonNull(took, "took");
      examined = List.copyOf(examined);
      findings = List.copyOf(findings);
    }

    /** Returns the findings of a family. */
    public List<Finding> of(Family family) {
      return findings.stream().filter(finding -> finding.family == family).toList();
    }

    /** Returns how many findings there are of a family and severity. */
    public long count(Family family, Severity severity) {
      return findings.stream().filter(f -> f.family == family && f.severity == severity).count();
    }

    /** Returns the report for a person, ending in a line feed. */
    public String toText() {
      return DoctorText.text(this);
    }

    /** Returns the report as a JSON object. */
    public String toJson() {
      return DoctorText.json(this);
    }
  }

  /** Gauges of a doctor's findings, until closed. Thread-safe. */
  public static final class Gauges implements AutoCloseable {
    private final Binding binding;

    private Gauges(Binding binding) {
      this.binding = binding;
    }

    /** Removes the gauges. */
    @Override
    public void close() {
      binding.close();
    }
  }

  /** Returns a doctor for this machine and this JVM. */
  public static Doctor standard() {
    return of(LinuxFiles.ofThisMachine(), Runtime.getRuntime().availableProcessors());
  }

  static Doctor of(LinuxFiles files, int cpus) {
    return new Doctor(new Patient(files, cpus, 0, 1, List.of(), List.of(), List.of(), PATIENCE));
  }

  /**
   * Adds a Redis client, and the servers it reaches. An examination opens one connection and closes
   * it; it sends INFO, CONFIG GET and CLIENT INFO.
   *
   * @param client a Lettuce RedisClient (with a URI of its own) or RedisClusterClient; {@code
   *     Object}, because a type of an absent library would keep hosts without it from reflecting on
   *     this class. Needs {@code io.lettuce:lettuce-core}
   */
  public Doctor redis(Object client) {
    Objects.requireNonNull(client, "client");
    if (!Subjects.isRedisClient(client)) {
      throw new IllegalArgumentException(
          "client: "
              + client.getClass().getName()
              + " (expected: a RedisClient or RedisClusterClient of io.lettuce:lettuce-core)");
    }
    return with(plus(patient.redis(), client), patient.dataSources(), patient.mongo());
  }

  /**
   * Adds a connection pool and the PostgreSQL server behind it. An examination takes one connection
   * and gives it back; pools of HikariCP are examined themselves.
   */
  public Doctor dataSource(DataSource source) {
    Objects.requireNonNull(source, "source");
    return with(patient.redis(), plus(patient.dataSources(), source), patient.mongo());
  }

  /**
   * Adds a MongoDB pool by its connection string, of which only the options are read and nothing is
   * connected to.
   */
  public Doctor mongo(String connectionString) {
    if (!connectionString.startsWith("mongodb://")
        && !connectionString.startsWith("mongodb+srv://")) {
      // Not shown: it may hold a password.
      throw new IllegalArgumentException(
          "connectionString: (not shown) (expected: mongodb://… or mongodb+srv://…)");
    }
    return with(patient.redis(), patient.dataSources(), plus(patient.mongo(), connectionString));
  }

  private static <T> List<T> plus(List<T> list, T more) {
    List<T> all = new ArrayList<>(list);
    all.add(more);
    return all;
  }

  private Doctor with(List<Object> redis, List<DataSource> sources, List<String> mongo) {
    return new Doctor(
        new Patient(
            patient.files(),
            patient.cpus(),
            patient.databaseCpus(),
            patient.spindles(),
            redis,
            sources,
            mongo,
            patient.patience()));
  }

  /**
   * Says what the database runs on, for the size of pools: CPUs times 2 plus disks. Without it the
   * CPUs of this process and one disk are assumed.
   *
   * @param cpus CPUs of the database's machine, 1 to 4,096
   * @param disks disks that serve requests at a time, 0 (all is cached) to 1,024
   */
  public Doctor database(int cpus, int disks) {
    if (cpus < 1 || cpus > 4096) {
      throw new IllegalArgumentException("cpus: " + cpus + " (expected: 1 to 4096)");
    }
    if (disks < 0 || disks > 1024) {
      throw new IllegalArgumentException("disks: " + disks + " (expected: 0 to 1024)");
    }
    return new Doctor(
        new Patient(
            patient.files(),
            patient.cpus(),
            cpus,
            disks,
            patient.redis(),
            patient.dataSources(),
            patient.mongo(),
            patient.patience()));
  }

  /** Sets how long servers may take to answer, all at once; 100 ms to 1 minute, default 5 s. */
  public Doctor timeout(Duration timeout) {
    if (timeout.compareTo(Duration.ofMillis(100)) < 0
        || timeout.compareTo(Duration.ofMinutes(1)) > 0) {
      throw new IllegalArgumentException("timeout: " + timeout + " (expected: PT0.1S to PT1M)");
    }
    return new Doctor(
        new Patient(
            patient.files(),
            patient.cpus(),
            patient.databaseCpus(),
            patient.spindles(),
            patient.redis(),
            patient.dataSources(),
            patient.mongo(),
            timeout));
  }

  /**
   * Examines everything now; blocks for some tens of milliseconds, and no longer than the timeout.
   */
  public Report examine() {
    long start = System.nanoTime();
    Examination.Outcome outcome = Examination.of(patient);
    Report report =
        new Report(
            Instant.now(),
            Duration.ofNanos(System.nanoTime() - start),
            outcome.examined().stream().map(family -> Family.valueOf(family.name())).toList(),
            outcome.diagnoses().stream().map(Finding::of).toList());
    latest.set(report);
    return report;
  }

  /** Returns the report of the last examination of this doctor; null before the first. */
  public @Nullable Report latest() {
    return latest.get();
  }

  /**
   * Shows the counts of this doctor's last report as gauges {@code spinforge.doctor.findings}, NaN
   * before the first examination. Examines nothing by itself: a scrape must not ask servers.
   *
   * @return the gauges, to be removed by closing it
   * @throws IllegalStateException if the registry has these gauges already
   */
  public Gauges bindTo(MeterRegistry registry) {
    return new Gauges(DoctorMeters.of(Objects.requireNonNull(registry, "registry"), this));
  }
}
