package io.spinforge.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.spinforge.metrics.bind.Binding;
import io.spinforge.metrics.bind.Catalogue;
import io.spinforge.metrics.bind.Counts;
import java.util.Locale;

/** A doctor's last report as gauges. */
final class DoctorMeters {
  private DoctorMeters() {}

  static Binding of(MeterRegistry registry, Doctor doctor) {
    Counts counts = new Counts(registry, Catalogue.DOCTOR_FINDINGS);
    try {
      for (Doctor.Family family : Doctor.Family.values()) {
        for (Doctor.Severity severity : Doctor.Severity.values()) {
          counts.gauge(
              () -> {
                Doctor.Report report = doctor.latest();
                return report == null ? Double.NaN : report.count(family, severity);
              },
              family.name().toLowerCase(Locale.ROOT),
              severity.name().toLowerCase(Locale.ROOT));
        }
      }
    } catch (RuntimeException e) {
      counts.close();
      throw e;
    }
    return counts;
  }
}
