package io.spinforge.metrics.doctor;

/** How bad a finding is. */
public enum Severity {
  /** Data, availability or safety is at risk. */
  CRITICAL,
  /** Performance suffers, or will under load. */
  WARN,
  /** Not the recommended value. */
  INFO,
  /** Could not be read, so not judged. */
  UNREADABLE
}
