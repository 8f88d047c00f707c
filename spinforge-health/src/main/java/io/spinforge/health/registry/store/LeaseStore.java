package io.spinforge.health.registry.store;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Leases on entries, and a numbered history of their changes.
 *
 * <p>An entry belongs to an owner, named by a nonce. Each write gives it a new epoch, greater than
 * all before in this generation of the store's data; an update must name the epoch it replaces, so
 * that a write which was delayed on its way changes nothing. Every method returns at once; a future
 * that is cancelled withdraws its command where that is still possible.
 */
public interface LeaseStore extends AutoCloseable {

  /** Begins to report to the listener; called once, before anything else. */
  void start(StoreListener listener);

  /** Enters the entry, unless it is there already: as this owner's, or as another's. */
  CompletableFuture<Answer> register(String service, Claim claim);

  /** Renews leases; one answer for each, in order. */
  CompletableFuture<List<Answer>> beat(String service, long ttlMillis, List<Lease> leases);

  /** Replaces the entry that the lease's owner wrote with this epoch. */
  CompletableFuture<Answer> update(String service, Lease lease, long epoch, Claim claim);

  /** Removes the entry of the lease's owner. */
  CompletableFuture<Answer> remove(String service, Lease lease);

  /** Tells what changed since a revision; everything, if that cannot be told. */
  CompletableFuture<Sync> sync(String service, String generation, long revision);

  /** Vouches for a while that the service exists. */
  CompletableFuture<Void> note(String service, long millis);

  /** Returns the names of the services that somebody vouches for, sorted. */
  CompletableFuture<List<String>> services();

  /** Begins to report new generations of a service and, for watchers, its changes. */
  void follow(String service, boolean changes);

  /** Ends what {@link #follow} began. */
  void unfollow(String service);

  /** Hears that a command failed or got no answer, so that the connection is looked after. */
  void troubled();

  /** Ends everything without waiting for open commands. */
  @Override
  void close();
}
