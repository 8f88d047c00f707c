package io.spinforge.cache.redis;

import java.util.List;
import java.util.function.Consumer;

/**
 * A script to be called; equal to itself alone, as arrays are.
 *
 * @param log the partition that it is about, or the control log
 * @param late gets an answer that nobody waited for any more
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier
record Invocation(
    Script script, int log, byte[][] keys, byte[][] args, Consumer<List<Object>> late) {
  Invocation(Script script, int log, byte[][] keys, byte[][] args) {
    this(script, log, keys, args, none -> {});
  }
}
