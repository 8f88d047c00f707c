package io.spinforge.cache.redis;

import java.util.List;

/** What Redis answers to a read. */
public sealed interface LeaseReply {
  /**
   * The entry is there.
   *
   * @param bytes as they lie in Redis; not to be written to
   * @param leftMillis for how long Redis will keep it, by its own clock
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  record Hit(byte[] bytes, long leftMillis) implements LeaseReply {}

  /**
   * It is not there and the caller is to load it.
   *
   * @param token the sequence up to which what is loaded from now on respects every invalidation
   * @param proof what Redis compares when the value is to be stored
   */
  record Lease(long token, String proof) implements LeaseReply {}

  /** It is not there and another node is loading it, under a lease that ends by itself. */
  record Wait(long leftMillis) implements LeaseReply {}

  /** It is not there, which is all that was asked. */
  record Miss() implements LeaseReply {}

  /** The key is held: the caller is to load it for itself and to keep it nowhere. */
  record Bypass() implements LeaseReply {}

  /** Redis is away. */
  record Away() implements LeaseReply {}

  /** Returns what a script's flat reply says from an index on. */
  static LeaseReply at(int index, List<Object> reply) {
    return switch (((byte[]) reply.get(index))[0]) {
      case 'H' -> new Hit((byte[]) reply.get(index + 1), (Long) reply.get(index + 2));
      case 'W' -> new Wait((Long) reply.get(index + 1));
      case 'L' ->
          new Lease(
              Long.parseLong(Keys.text((byte[]) reply.get(index + 1))),
              Keys.text((byte[]) reply.get(index + 2)));
      case 'B' -> new Bypass();
      default -> new Miss();
    };
  }
}
