package io.spinforge.health.registry;

import java.util.concurrent.atomic.LongAdder;

/** What a registry counts. */
final class Counters {
  final LongAdder heartbeats = new LongAdder();
  final LongAdder storeFailures = new LongAdder();
  final LongAdder reregistrations = new LongAdder();
  final LongAdder fencings = new LongAdder();
  final LongAdder hints = new LongAdder();
  final LongAdder syncs = new LongAdder();
  final LongAdder snapshots = new LongAdder();
  final LongAdder storeLosses = new LongAdder();
  final LongAdder confirmedDown = new LongAdder();
  final LongAdder unreadable = new LongAdder();
  final LongAdder listenerFailures = new LongAdder();
}
