package io.spinforge.balance;

import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Finds leases that were lost without being closed, so that their requests do not stay in flight
 * for good. Each lease has a ticket that is notified when the lease is unreachable; the next caller
 * who opens a lease or asks for statistics ends what was found. No thread waits for it.
 */
final class Leases<T> {
  private final ReferenceQueue<Lease<T>> lost = new ReferenceQueue<>();

  /** Keeps the tickets of open leases reachable: an unreachable reference is never notified. */
  private final Set<Ticket<T>> open = ConcurrentHashMap.newKeySet();

  private final LongAdder abandoned = new LongAdder();

  Ticket<T> open(Lease<T> lease, Member<T> member, long start) {
    endLost();
    Ticket<T> ticket = new Ticket<>(this, lease, member, start);
    open.add(ticket);
    return ticket;
  }

  long abandoned() {
    endLost();
    return abandoned.sum();
  }

  @SuppressWarnings("unchecked") // only tickets are registered with the queue
  private void endLost() {
    Ticket<T> ticket;
    while ((ticket = (Ticket<T>) next()) != null) {
      if (ticket.end(Outcome.CANCELLED)) {
        abandoned.increment();
      }
    }
  }

  private @Nullable Object next() {
    return lost.poll();
  }

  /** What remains of a lease when the lease is gone. */
  static final class Ticket<T> extends PhantomReference<Lease<T>> {
    private final Leases<T> leases;
    private final Member<T> member;
    private final long start;

    /** Won by whoever ends the request. */
    private final AtomicBoolean ended = new AtomicBoolean();

    Ticket(Leases<T> leases, Lease<T> lease, Member<T> member, long start) {
      super(lease, leases.lost);
      this.leases = leases;
      this.member = member;
      this.start = start;
    }

    Member<T> member() {
      return member;
    }

    boolean end(Outcome outcome) {
      if (!ended.compareAndSet(false, true)) {
        return false;
      }
      leases.open.remove(this);
      member.end(start, outcome);
      return true;
    }
  }
}
