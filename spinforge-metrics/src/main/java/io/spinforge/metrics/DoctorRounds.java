package io.spinforge.metrics;

import io.spinforge.metrics.Doctor.Finding;
import io.spinforge.metrics.Doctor.Report;
import io.spinforge.metrics.page.Level;
import io.spinforge.metrics.page.Remark;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A doctor's findings for a page. Servers are asked on a thread of its own, now and then: a page
 * that is looked at, or a server that does not answer, must not wait for the other.
 */
final class DoctorRounds implements Supplier<@Nullable List<Remark>>, AutoCloseable {
  static final Duration EVERY = Duration.ofMinutes(1);

  private final Doctor doctor;
  private final ScheduledExecutorService executor;

  private record Found(@Nullable List<Remark> remarks, @Nullable Throwable failure) {}

  /** Volatile publishes the immutable pair. */
  private volatile Found found = new Found(null, null);

  private DoctorRounds(Doctor doctor) {
    this.doctor = doctor;
    this.executor =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "spinforge-metrics-page-doctor");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Begins at once, and again so long after each examination. */
  static DoctorRounds start(Doctor doctor, Duration every) {
    DoctorRounds rounds = new DoctorRounds(doctor);
    ScheduledFuture<?> unused =
        rounds.executor.scheduleWithFixedDelay(
            rounds::examine, 0, every.toNanos(), TimeUnit.NANOSECONDS);
    return rounds;
  }

  private void examine() {
    try {
      found = new Found(remarks(doctor.examine()), null);
    } catch (RuntimeException | LinkageError e) {
      found = new Found(null, e);
    }
  }

  static List<Remark> remarks(Report report) {
    return report.findings().stream().map(DoctorRounds::remark).toList();
  }

  private static Remark remark(Finding finding) {
    Level level =
        switch (finding.severity()) {
          case CRITICAL -> Level.CRITICAL;
          case WARN -> Level.WARN;
          case INFO -> Level.INFO;
          case UNREADABLE -> Level.UNKNOWN;
        };
    return new Remark(
        level,
        finding.family().name().toLowerCase(Locale.ROOT),
        finding.rule() + " of " + finding.subject() + ": " + finding.live(),
        finding.expected(),
        finding.why(),
        finding.fix(),
        finding.source());
  }

  /**
   * Returns what was found last; null before the first examination.
   *
   * @throws IllegalStateException if the last examination failed
   */
  @Override
  public @Nullable List<Remark> get() {
    Found last = found;
    if (last.failure != null) {
      throw new IllegalStateException("The doctor could not examine", last.failure);
    }
    return last.remarks;
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
