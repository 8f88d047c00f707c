package io.spinforge.metrics;

import io.spinforge.metrics.Doctor.Family;
import io.spinforge.metrics.Doctor.Finding;
import io.spinforge.metrics.Doctor.Report;
import io.spinforge.metrics.Doctor.Severity;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A doctor's report, written down. */
final class DoctorText {
  private DoctorText() {}

  static String text(Report report) {
    StringBuilder out = new StringBuilder();
    for (Family family : report.examined()) {
      List<Finding> findings = report.of(family);
      out.append(name(family)).append(findings.isEmpty() ? ": nothing found\n" : "\n");
      for (Finding finding : findings) {
        out.append("  ")
            .append(finding.severity())
            .append(' ')
            .append(finding.rule())
            .append(" of ")
            .append(finding.subject())
            .append(": ")
            .append(finding.live())
            .append(" (expected: ")
            .append(finding.expected())
            .append(")\n    why:    ")
            .append(finding.why())
            .append("\n    fix:    ")
            .append(finding.fix())
            .append("\n    source: ")
            .append(finding.source())
            .append('\n');
      }
    }
    String left =
        Arrays.stream(Family.values())
            .filter(family -> !report.examined().contains(family))
            .map(DoctorText::name)
            .collect(Collectors.joining(", "));
    if (!left.isEmpty()) {
      out.append("not examined, for want of a client or data source: ").append(left).append('\n');
    }
    out.append(counts(report));
    return out.toString();
  }

  private static String counts(Report report) {
    String counts =
        Arrays.stream(Severity.values())
            .map(
                severity ->
                    report.findings().stream().filter(f -> f.severity() == severity).count()
                        + " "
                        + severity.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", "));
    return counts + ", in " + report.took().toMillis() + " ms\n";
  }

  static String json(Report report) {
    String findings =
        report.findings().stream().map(DoctorText::json).collect(Collectors.joining(",", "[", "]"));
    String examined =
        report.examined().stream()
            .map(family -> Json.quoted(name(family)))
            .collect(Collectors.joining(",", "[", "]"));
    return "{\"at\":"
        + Json.quoted(report.at().toString())
        + ",\"tookMillis\":"
        + report.took().toMillis()
        + ",\"examined\":"
        + examined
        + ",\"findings\":"
        + findings
        + "}";
  }

  private static String json(Finding finding) {
    return "{"
        + field("family", name(finding.family()))
        + ","
        + field("rule", finding.rule())
        + ","
        + field("severity", finding.severity().name().toLowerCase(Locale.ROOT))
        + ","
        + field("subject", finding.subject())
        + ","
        + field("live", finding.live())
        + ","
        + field("expected", finding.expected())
        + ","
        + field("why", finding.why())
        + ","
        + field("fix", finding.fix())
        + ","
        + field("source", finding.source())
        + "}";
  }

  private static String name(Family family) {
    return family.name().toLowerCase(Locale.ROOT);
  }

  private static String field(String name, String value) {
    return Json.quoted(name) + ":" + Json.quoted(value);
  }
}
