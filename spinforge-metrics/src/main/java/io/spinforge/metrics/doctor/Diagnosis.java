package io.spinforge.metrics.doctor;

/**
 * One finding.
 *
 * @param family what it is about
 * @param rule the rule's name
 * @param severity how bad
 * @param subject which machine, server, pool or client
 * @param live what was read
 * @param expected what it should be
 * @param why why
 * @param fix the line to write, and where
 * @param source where the expectation is from
 */
public record Diagnosis(
    Family family,
    String rule,
    Severity severity,
    String subject,
    String live,
    String expected,
    String why,
    String fix,
    String source) {}
