package io.spinforge.metrics.doctor;

import io.spinforge.metrics.doctor.RedisFacts.Neighbour;
import io.spinforge.metrics.system.Cgroup;
import io.spinforge.metrics.system.LinuxFiles;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;

/**
 * Reads the facts of every family and holds the rules against them. This machine is read by the
 * caller; servers are asked on daemon threads of the examination's own, all at once, and waited for
 * no longer than the patient allows. A thread that is late ends by its client's own timeouts: to
 * interrupt it could leave a connection behind.
 */
public final class Examination {
  /** The rules of each family. */
  static final Map<Family, List<Rule>> RULES =
      new EnumMap<>(
          Map.of(
              Family.KERNEL, Kernel.RULES,
              Family.LIMITS, Limits.RULES,
              Family.CONTAINER, Container.RULES,
              Family.JVM, Jvm.RULES,
              Family.REDIS, Redis.RULES,
              Family.POSTGRESQL, Postgres.RULES,
              Family.POOLS, Pools.RULES,
              Family.CLIENTS, Clients.RULES));

  private final Patient patient;
  private final List<Diagnosis> diagnoses = new ArrayList<>();
  private final List<Family> examined = new ArrayList<>();

  private Examination(Patient patient) {
    this.patient = patient;
  }

  /**
   * What came of it.
   *
   * @param diagnoses the findings, family by family
   * @param examined the families there was something to read of, whether or not it could be read
   */
  public record Outcome(List<Diagnosis> diagnoses, List<Family> examined) {}

  /** Facts of a family. */
  record Answer(Family family, Facts facts) {}

  private record Asked(Family family, Future<List<Answer>> answers) {}

  /** Examines a patient. */
  public static Outcome of(Patient patient) {
    return new Examination(patient).run();
  }

  private Outcome run() {
    ExecutorService executor =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "spinforge-metrics-doctor");
              thread.setDaemon(true);
              return thread;
            });
    try {
      long deadline = System.nanoTime() + patient.patience().toNanos();
      List<Asked> asked = new ArrayList<>();
      for (Object client : patient.redis()) {
        asked.add(
            ask(
                executor,
                Family.REDIS,
                () -> Servers.redis(client, neighbour(), patient.patience())));
      }
      for (DataSource source : patient.dataSources()) {
        asked.add(ask(executor, Family.POOLS, () -> Servers.dataSource(source, patient)));
      }
      machine();
      asked.forEach(one -> take(one, deadline));
    } finally {
      executor.shutdown();
    }
    diagnoses.sort(
        (a, b) ->
            a.family() == b.family()
                ? a.severity().compareTo(b.severity())
                : a.family().compareTo(b.family()));
    return new Outcome(List.copyOf(diagnoses), examined.stream().distinct().sorted().toList());
  }

  private Neighbour neighbour() {
    LinuxFiles files = patient.files();
    return new Neighbour(patient.cpus(), files.number("proc/sys/net/core/somaxconn"));
  }

  private static Asked ask(
      ExecutorService executor, Family family, Callable<List<Answer>> reading) {
    return new Asked(family, executor.submit(reading));
  }

  private void take(Asked asked, long deadline) {
    try {
      long left = Math.max(0, deadline - System.nanoTime());
      for (Answer answer : asked.answers.get(left, TimeUnit.NANOSECONDS)) {
        judge(answer.family, answer.facts);
      }
    } catch (TimeoutException e) {
      unreadable(asked.family, "no answer within " + patient.patience());
    } catch (ExecutionException e) {
      unreadable(asked.family, Servers.reason(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      unreadable(asked.family, "interrupted");
    }
  }

  private void unreadable(Family family, String reason) {
    Facts facts = new Facts(family.name().toLowerCase(Locale.ROOT));
    judge(family, facts.unreadable("connection", reason));
    if (family == Family.POOLS) {
      judge(Family.POSTGRESQL, new Facts("postgresql").unreadable("connection", reason));
    }
  }

  private void machine() {
    LinuxFiles files = patient.files();
    judge(Family.KERNEL, Kernel.facts(files));
    judge(Family.LIMITS, Limits.facts(files));
    judge(Family.CONTAINER, Container.facts(files, patient.cpus()));
    judge(Family.JVM, JvmFacts.read(!Double.isNaN(Cgroup.of(files).memoryLimit())));
    patient.redis().forEach(client -> judge(Family.CLIENTS, LettuceReader.client(client)));
    patient.mongo().forEach(mongo -> judge(Family.POOLS, MongoFacts.of(mongo)));
  }

  private void judge(Family family, Facts facts) {
    examined.add(family);
    diagnoses.addAll(judged(family, facts));
  }

  /** Holds a family's rules against facts. */
  static List<Diagnosis> judged(Family family, Facts facts) {
    List<Diagnosis> all = new ArrayList<>();
    facts
        .unreadable()
        .forEach((what, reason) -> all.add(unreadable(family, facts.subject(), what, reason)));
    for (Rule rule : RULES.getOrDefault(family, List.of())) {
      rule.judge(family, facts).ifPresent(all::add);
    }
    return all;
  }

  private static Diagnosis unreadable(Family family, String subject, String what, String reason) {
    return new Diagnosis(
        family,
        family.name().toLowerCase(Locale.ROOT) + ".unreadable",
        Severity.UNREADABLE,
        subject,
        what + " cannot be read: " + reason,
        "readable",
        "what cannot be read is not judged",
        "allow this process to read it, or judge it by hand",
        "doctor");
  }
}
