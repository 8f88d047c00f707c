package io.spinforge.benchmarks.sim.cache;

import io.spinforge.cache.Source;
import java.util.Arrays;

/** What happened in some schedules, to see that they are no empty ones. Thread-safe to add to. */
final class Tally {
  private final long[] reads = new long[3];
  private long schedules;
  private long stale;
  private long bulk;
  private long awaited;
  private long hash;

  void count(Source source) {
    switch (source) {
      case MEMORY -> reads[0]++;
      case REDIS -> reads[1]++;
      case FRESH -> reads[2]++;
    }
  }

  void stale() {
    stale++;
  }

  void bulk() {
    bulk++;
  }

  /** Counts an invalidation that was waited for until all nodes had applied it. */
  void awaited() {
    awaited++;
  }

  void played(long itsHash) {
    schedules++;
    hash += itsHash;
  }

  /** Adds what another one has seen. */
  synchronized void add(Tally other) {
    for (int i = 0; i < reads.length; i++) {
      reads[i] += other.reads[i];
    }
    schedules += other.schedules;
    stale += other.stale;
    bulk += other.bulk;
    awaited += other.awaited;
    hash += other.hash;
  }

  long schedules() {
    return schedules;
  }

  /** Returns how many reads were answered by memory, Redis and a loader. */
  long[] reads() {
    return reads.clone();
  }

  /** Returns a hash of all that has happened, whatever the order of the schedules. */
  long hash() {
    return hash;
  }

  @Override
  public String toString() {
    return String.format(
        "%,d schedules, reads from memory, redis, loader: %s, expired ones %,d, of many %,d,"
            + " awaited everywhere %,d, none invalidated; hash %x",
        schedules, Arrays.toString(reads), stale, bulk, awaited, hash);
  }
}
