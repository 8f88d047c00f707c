package io.spinforge.cache.redis;

import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A script's reply: one list of texts and numbers, never a list within.
 *
 * <p>Lettuce sends a command again after a reconnect, and lets the new reply follow what of the old
 * one had been read before the cut. An output that takes nested lists cannot tell a reply that
 * begins anew from a list within; this one can, and begins anew with it.
 */
final class FlatReply extends CommandOutput<byte[], byte[], List<Object>> {

  private boolean begun;

  FlatReply(RedisCodec<byte[], byte[]> codec) {
    super(codec, new ArrayList<>());
  }

  @Override
  public void multi(int count) {
    output.clear();
    begun = true;
  }

  @Override
  public void set(@Nullable ByteBuffer bytes) {
    if (begun) {
      output.add(bytes == null ? new byte[0] : codec.decodeValue(bytes));
    }
  }

  @Override
  public void set(long integer) {
    if (begun) {
      output.add(integer);
    }
  }
}
