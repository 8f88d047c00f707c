/**
 * The demo: a small shop that stays fast while things break, played in scenes that each promise
 * something and measure it on real traffic. Start reading at {@code Demo}; {@code Stage} is the
 * cast, {@code ShopWorker} the service that is scaled, killed and slowed.
 */
@NullMarked
package io.spinforge.benchmarks.demo;

import org.jspecify.annotations.NullMarked;
