package io.spinforge.cache;

import io.spinforge.cache.memory.Partition;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How long memory is believed: each partition until its log's last proof runs out, and no longer
 * than the control log, which is about all of them. Proofs come from the log's one thread; asked by
 * any.
 */
final class Proofs {
  private final Partition[] partitions;
  private final long[] until; // of the log's thread: each partition's, and the control log's
  private final boolean[] proven; // of the log's thread
  private final CompletableFuture<Void> first;
  private int unproven; // of the log's thread

  // Written by the log's thread; volatile for the readers of what Redis has.
  private volatile long controlUntil;

  Proofs(Partition[] partitions, long liveUntil, CompletableFuture<?> kind) {
    this.partitions = partitions;
    this.until = new long[partitions.length + 1];
    this.proven = new boolean[partitions.length + 1];
    this.unproven = partitions.length + 1;
    this.first = kind.newIncompleteFuture();
    Arrays.fill(until, 0, partitions.length, liveUntil);
  }

  /** Notes how long a log is believed: a partition, no longer than the control log. */
  void prove(int log, long nanos) {
    until[log] = nanos;
    int control = partitions.length;
    if (log == control) {
      controlUntil = nanos;
      for (int p = 0; p < control; p++) {
        partitions[p].liveUntil(sooner(until[p], nanos));
      }
    } else {
      partitions[log].liveUntil(sooner(nanos, until[control]));
    }
  }

  /** Notes that a log was proven, to be called after what follows from the proof. */
  void noteFirst(int log) {
    if (!proven[log]) {
      proven[log] = true;
      if (--unproven == 0) {
        first.complete(null);
      }
    }
  }

  /** Waits until every log was proven once, for {@code patience} at most. */
  void awaitFirst(Duration patience) {
    try {
      first.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return; // memory is passed over until they come
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Tells whether the control log is known at {@code now}. */
  boolean isControlLive(long now) {
    return now - controlUntil < 0;
  }

  /** Returns the number of partitions that are believed at {@code now}. */
  int live(long now) {
    int live = 0;
    for (Partition partition : partitions) {
      if (partition.isLive(now)) {
        live++;
      }
    }
    return live;
  }

  private static long sooner(long a, long b) {
    return a - b < 0 ? a : b;
  }
}
