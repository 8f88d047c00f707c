package io.spinforge.cache.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class FlatReplyTest {

  private final FlatReply reply = new FlatReply(ByteArrayCodec.INSTANCE);

  @Test
  void replyThatWasCutAndCameAgainIsReadFromItsBeginning() {
    reply.multi(3);
    reply.set(text("H"));
    reply.set(text("half of what was to come"));
    reply.multi(3);
    reply.set(text("W"));
    reply.set(10_000);
    assertThat(reply.get()).containsExactly("W".getBytes(UTF_8), 10_000L);
  }

  @Test
  void nothingIsReadFromAReplyThatIsNoList() {
    reply.set(text("OK"));
    reply.set(7);
    assertThat(reply.get()).isEmpty();
  }

  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }
}
