package io.spinforge.cache.redis;

import java.util.List;
import java.util.function.BiConsumer;

/**
 * Asks for one entry, or for the lease to load it. A lease whose answer comes too late is given
 * back; one whose answer does not come is remembered, for who asks for the key next. Thread-safe.
 */
final class Leasing {
  /** Reads the entry, or takes the lease if there is none. */
  static final String READ = "L";

  /** Takes the lease, and drops the entry, which could not be read. */
  static final String REPLACE = "F";

  /** Takes the lease and leaves the entry of a sequence where it is. */
  static final String REFRESH = "R";

  /** Reads the entry and takes no lease. */
  static final String PEEK = "P";

  private final Channel channel;
  private final Requests requests;
  private final Sequences sequences;
  private final LostLeases lostLeases;
  private final BiConsumer<String, LeaseReply.Lease> release;

  Leasing(
      Channel channel,
      Requests requests,
      Sequences sequences,
      LostLeases lostLeases,
      BiConsumer<String, LeaseReply.Lease> release) {
    this.channel = channel;
    this.requests = requests;
    this.sequences = sequences;
    this.lostLeases = lostLeases;
    this.release = release;
  }

  LeaseReply ask(String key, String mode) {
    return ask(key, mode, 0);
  }

  /**
   * Asks for a key in one of the modes.
   *
   * @param sequence of the entry that is to be refreshed
   */
  LeaseReply ask(String key, String mode, long sequence) {
    int p = requests.partitionOf(key);
    if (!channel.allows(Script.LEASE, p)) {
      channel.rejected.increment();
      return new LeaseReply.Away();
    }
    byte[] candidate = Calls.candidate();
    byte[] lost = mode.equals(PEEK) ? null : lostLeases.take(key);
    byte[] taker = lost == null ? candidate : lost;
    byte[] number = Requests.number(sequence);
    List<Object> reply =
        channel.call(
            requests.lease(key, mode, number, candidate, taker, late -> giveBack(key, late)));
    if (reply == null) {
      if (!mode.equals(PEEK)) {
        lostLeases.add(key, taker);
      }
      return new LeaseReply.Away();
    }
    LeaseReply answer = LeaseReply.at(0, reply);
    if (answer instanceof LeaseReply.Lease lease) {
      sequences.note(p, lease.token());
    }
    return answer;
  }

  /** Gives back a lease that came too late, so that others need not wait for its end. */
  private void giveBack(String key, List<Object> late) {
    if (LeaseReply.at(0, late) instanceof LeaseReply.Lease lease) {
      release.accept(key, lease);
    }
  }
}
