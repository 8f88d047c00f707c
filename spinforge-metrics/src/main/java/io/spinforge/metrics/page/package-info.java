/** What is served over HTTP: the scrape. */
@NullMarked
package io.spinforge.metrics.page;

import org.jspecify.annotations.NullMarked;
