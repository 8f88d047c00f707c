package io.spinforge.health.registry.store;

import java.util.List;

/**
 * What a store says when it is asked what changed.
 *
 * @param generation of the service's data; empty if there is none
 * @param revision number of the last change
 * @param digest of all entries: the sum of {@link Entry#hash()}, modulo 2^52
 * @param whole whether the changes are all entries, not those since the revision asked for
 * @param changes in order of their revision; if whole, in any order
 * @param ttlMillis the lease that owners of this service use; 0 if unknown
 * @param expiryMillis when the next lease ends unless it is renewed; negative if there is none
 * @param graceMillis for how long no lease ends, because nobody could have renewed one; else 0
 * @param leases how many renew
 */
public record Sync(
    String generation,
    long revision,
    long digest,
    boolean whole,
    List<Change> changes,
    long ttlMillis,
    long expiryMillis,
    long graceMillis,
    Leases leases) {}
