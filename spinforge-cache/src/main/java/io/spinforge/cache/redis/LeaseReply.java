package io.spinforge.cache.redis;

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
}
