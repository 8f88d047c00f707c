package io.spinforge.metrics.page;

/**
 * Why the service is not well, in one line at the top of the page.
 *
 * @param level how much it matters
 * @param text for a person
 * @param anchor the id of the section that shows more
 */
record Reason(Level level, String text, String anchor) {}
