package io.spinforge.metrics.page;

/**
 * What a doctor found.
 *
 * @param level how much it matters
 * @param family of what is wrong
 * @param what is wrong, with the live value
 * @param expected what it should be
 * @param why that matters
 * @param fix the line that mends it
 * @param source where the rule comes from
 */
public record Remark(
    Level level,
    String family,
    String what,
    String expected,
    String why,
    String fix,
    String source) {}
