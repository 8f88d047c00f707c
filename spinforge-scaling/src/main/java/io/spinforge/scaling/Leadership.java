package io.spinforge.scaling;

import io.spinforge.scaling.lease.LeaderLease;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** The lease as an autoscaler uses it: faults are logged once, the fence is never waited for. */
final class Leadership {
  private final String name;
  private final @Nullable LeaderLease lease;
  private final Logger log;

  /** Guards what was logged last; held while the lease answers. */
  private final ReentrantLock renewing = new ReentrantLock();

  private boolean away;
  private boolean led;

  Leadership(String name, @Nullable LeaderLease lease, Logger log) {
    this.name = name;
    this.lease = lease;
    this.log = log;
  }

  @Nullable LeaderLease lease() {
    return lease;
  }

  /** Returns the fence; empty if another one leads or there is no lease. */
  OptionalLong fence() {
    return lease == null ? OptionalLong.empty() : lease.fence();
  }

  /** Tells whether this one may act: it holds the lease, or there is none. */
  boolean leads() {
    return lease == null || lease.fence().isPresent();
  }

  void renew() {
    if (lease == null) {
      return;
    }
    renewing.lock();
    try {
      renew(lease);
    } finally {
      renewing.unlock();
    }
  }

  @SuppressWarnings("IllegalCatch") // the host's lease may throw anything
  private void renew(LeaderLease lease) {
    try {
      lease.renew();
      if (away) {
        log.info("Autoscaler {}: the lease answers again", name);
      }
      away = false;
    } catch (Exception e) {
      interrupted(e);
      if (!away) {
        log.warn("Autoscaler {}: the lease does not answer", name, e);
      }
      away = true;
    }
    boolean leads = leads();
    if (leads != led) {
      log.info("Autoscaler {} {}", name, leads ? "leads, by fence " + fence() : "follows");
    }
    led = leads;
  }

  @SuppressWarnings("IllegalCatch") // the host's lease may throw anything
  void release() {
    if (lease == null) {
      return;
    }
    try {
      lease.release();
    } catch (Exception e) {
      interrupted(e);
      log.warn("Autoscaler {}: the lease could not be given back, and runs out", name, e);
    }
  }

  private static void interrupted(Exception e) {
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
  }
}
