package io.spinforge.balance;

import java.lang.ref.Reference;

/**
 * One request on one member, for try-with-resources. The first {@link #complete} or {@link #close}
 * ends it, all later ones do nothing. Thread-safe.
 *
 * @param <T> the type of the balanced value
 */
public final class Lease<T> implements AutoCloseable {
  private final Leases.Ticket<T> ticket;

  Lease(Leases<T> leases, Member<T> member, long start) {
    ticket = leases.open(this, member, start);
  }

  /** Returns the member that serves the request. */
  public Member<T> member() {
    return ticket.member();
  }

  /** Returns the balanced value. */
  public T value() {
    return ticket.member().value();
  }

  /** Ends the request with this outcome, unless it has ended. */
  public void complete(Outcome outcome) {
    try {
      ticket.end(outcome);
    } finally {
      Reference.reachabilityFence(this); // not found abandoned while it ends
    }
  }

  /** Ends the request as {@link Outcome#CANCELLED}, unless it has ended. */
  @Override
  public void close() {
    complete(Outcome.CANCELLED);
  }

  @Override
  public String toString() {
    return "Lease[" + ticket.member() + "]";
  }
}
