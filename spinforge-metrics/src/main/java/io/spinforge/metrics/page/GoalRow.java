package io.spinforge.metrics.page;

/**
 * A goal's verdict, as the page shows it.
 *
 * @param goal its name
 * @param value what was measured; NaN if nothing was
 * @param target in the same unit
 * @param critical in the same unit
 * @param valueText for a person, with its unit
 * @param targetText for a person
 * @param criticalText for a person
 * @param samples what it rests on
 */
public record GoalRow(
    String goal,
    Level level,
    double value,
    double target,
    double critical,
    String valueText,
    String targetText,
    String criticalText,
    long samples) {}
