package io.spinforge.health.registry.redis;

import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A script's reply: one list of texts and numbers, never a list within.
 *
 * <p>Lettuce sends a command again when its connection was lost before the whole reply was read,
 * and goes on with the same output. An output of nested lists then takes the new reply for a part
 * of the half old one. This one knows no parts: a list that begins is the reply, from its start.
 */
final class FlatReply extends CommandOutput<String, String, List<Object>> {
  private int count = -1;

  FlatReply() {
    super(StringCodec.UTF8, new ArrayList<>());
  }

  @Override
  public void multi(int announced) {
    output.clear();
    count = announced;
  }

  @Override
  public void set(@Nullable ByteBuffer bytes) {
    output.add(bytes == null ? "" : codec.decodeValue(bytes));
  }

  @Override
  public void set(long integer) {
    output.add(integer);
  }

  /** Returns whether there are as many elements as were announced. */
  boolean whole() {
    return output.size() == count;
  }
}
