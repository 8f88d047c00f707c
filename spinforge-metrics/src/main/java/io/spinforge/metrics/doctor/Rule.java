package io.spinforge.metrics.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * One rule: the fact it reads, what that should be, why, and the line that makes it so. It has one
 * expectation a severity; the gravest that does not hold is the finding's severity, the mildest is
 * what is asked for. A rule whose fact is unknown, or whose condition does not hold, says nothing.
 */
final class Rule {
  private final String name;
  private final String fact;
  private final List<Bound> bounds = new ArrayList<>();
  private Predicate<Facts> condition = facts -> true;
  private Unit unit = Unit.NONE;
  private String why = "";
  private Function<Facts, String> fix = facts -> "";
  private String source = "";

  private record Bound(Severity severity, Expected expected) {}

  private Rule(String name, String fact) {
    this.name = name;
    this.fact = fact;
  }

  /** Begins a rule over a fact. */
  static Rule rule(String name, String fact) {
    return new Rule(name, fact);
  }

  Rule in(Unit unit) {
    this.unit = unit;
    return this;
  }

  /** Judges only where this holds. */
  Rule when(Predicate<Facts> condition) {
    this.condition = condition;
    return this;
  }

  Rule critical(Expected expected) {
    return bound(Severity.CRITICAL, expected);
  }

  Rule warn(Expected expected) {
    return bound(Severity.WARN, expected);
  }

  Rule info(Expected expected) {
    return bound(Severity.INFO, expected);
  }

  private Rule bound(Severity severity, Expected expected) {
    if (!bounds.isEmpty() && bounds.get(bounds.size() - 1).severity.compareTo(severity) >= 0) {
      throw new IllegalStateException(name + ": " + severity + " (expected: gravest first)");
    }
    bounds.add(new Bound(severity, expected));
    return this;
  }

  Rule why(String why) {
    this.why = why;
    return this;
  }

  Rule fix(String fix) {
    return fix(facts -> fix);
  }

  Rule fix(Function<Facts, String> fix) {
    this.fix = fix;
    return this;
  }

  Rule source(String source) {
    this.source = source;
    return this;
  }

  String name() {
    return name;
  }

  /** Returns how bad it can be at worst. */
  Severity gravest() {
    return bounds.get(0).severity;
  }

  Optional<Diagnosis> judge(Family family, Facts facts) {
    if (!facts.has(fact) || !condition.test(facts)) {
      return Optional.empty();
    }
    String value = facts.text(fact);
    return bounds.stream()
        .filter(bound -> !bound.expected.holds(value, facts))
        .findFirst()
        .map(bound -> diagnosis(family, bound.severity, value, facts));
  }

  private Diagnosis diagnosis(Family family, Severity severity, String value, Facts facts) {
    double number = Facts.parse(value);
    String written = unit == Unit.NONE || Double.isNaN(number) ? value : unit.write(number);
    String live = written.isEmpty() ? "none" : written;
    String origin = facts.origin(fact);
    return new Diagnosis(
        family,
        name,
        severity,
        facts.subject(),
        origin.isEmpty() ? live : live + " (" + origin + ")",
        bounds.get(bounds.size() - 1).expected.words(unit, facts),
        why,
        fix.apply(facts),
        source);
  }
}
