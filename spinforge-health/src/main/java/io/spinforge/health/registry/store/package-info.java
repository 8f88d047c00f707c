/**
 * What the registry asks of a store: leases on entries, and a numbered history of changes to
 * follow. Entries are opaque here; only the registry reads their payload.
 */
@NullMarked
package io.spinforge.health.registry.store;

import org.jspecify.annotations.NullMarked;
