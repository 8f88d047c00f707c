/**
 * Service registry: which instances of a service exist, kept in memory or in Redis.
 *
 * <p>An owner registers an instance under a lease and renews it; a watcher holds the list in memory
 * and is told when it changes. Nothing here judges whether an instance is fit: that is a health
 * check's work, wired to {@link io.spinforge.health.registry.ServiceRegistry#watch} in the host's
 * code.
 */
@NullMarked
package io.spinforge.health.registry;

import org.jspecify.annotations.NullMarked;
