package io.spinforge.cache.redis;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A connection that reads logs. After an interruption it is of no use any more. */
public interface LogConnection extends Connection {
  /**
   * Calls {@code lost}, on any thread, when the connection was interrupted, before a later answer.
   */
  void onLost(Runnable lost);

  /**
   * Waits for records after {@code ids}, for {@code block} at most; answers none then.
   *
   * @param logs the streams
   * @param ids for each stream the id of the last record that is known
   */
  CompletableFuture<List<Message>> read(byte[][] logs, String[] ids, Duration block, int count);

  /**
   * A record as it lies in its stream.
   *
   * @param body the fields in their order
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  record Message(byte[] log, String id, Map<byte[], byte[]> body) {}
}
