/**
 * What is served over HTTP: the scrape, and the page for a person. One panel a component, so that
 * the classes of an absent module are never loaded; {@link io.spinforge.metrics.page.Page} puts
 * them together.
 */
@NullMarked
package io.spinforge.metrics.page;

import org.jspecify.annotations.NullMarked;
