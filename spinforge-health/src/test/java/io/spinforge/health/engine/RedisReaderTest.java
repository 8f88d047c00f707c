package io.spinforge.health.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.health.probe.ProbeResult;
import io.spinforge.health.probe.RedisProbe;
import io.spinforge.testkit.Seeds;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What a {@link RedisProbe} makes of the bytes a server sends, however they are cut. */
final class RedisReaderTest {
  private static final int LINE_LIMIT = 1_024;
  private static final RedisProbe<InetSocketAddress> PROBE = RedisProbe.at(address -> address);
  private static final String[] PIECES = {
    "+PONG\r\n",
    ":0\r\n",
    ":1\r\n",
    "-ERR unknown command 'EXISTS'\r\n",
    "-LOADING busy\r\n",
    "-NOAUTH no\r\n",
    "-NOPERM no\r\n",
    "-MASTERDOWN gone\r\n",
    "$4\r\nPONG\r\n",
    "*1\r\n",
    "\r\n",
    "\n",
    "+",
    "-",
    "\r",
    "+PONG\n",
    "HTTP/1.1 400 Bad Request\r\n",
    "+" + "x".repeat(1_021),
    "+" + "x".repeat(1_022) + "\r\n",
    "-" + "y".repeat(1_030),
  };

  private static RedisExchange exchange() {
    Reply nobody =
        new Reply() {
          @Override
          public void result(long attempt, ProbeResult result) {}

          @Override
          public void idleClosed(long idleNanos) {}
        };
    InetSocketAddress address = new InetSocketAddress("127.0.0.1", 1);
    RedisExchange exchange =
        new RedisExchange(PROBE, address, new Network(null, null, null), nobody);
    exchange.request(true);
    return exchange;
  }

  private static byte[] answer(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(1, 5); n > 0; n--) {
      text.append(PIECES[random.nextInt(random.nextBoolean() ? 4 : PIECES.length)]);
    }
    byte[] bytes = text.toString().getBytes(ISO_8859_1);
    for (int n = random.nextInt(3); n > 0; n--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  /** The whole text, line by line: an outcome's kind, or that there is none yet. */
  private static String obvious(byte[] bytes) {
    String left = new String(bytes, ISO_8859_1);
    for (int replies = 0; replies < 2; replies++) {
      int end = left.indexOf('\n');
      if ((end < 0 ? left.length() : end) > LINE_LIMIT) {
        return "MALFORMED";
      }
      if (end < 0) {
        return "none";
      }
      String line = left.substring(0, end);
      left = left.substring(end + 1);
      if (!line.matches("(?s)[-+:].*\r")) {
        return "MALFORMED";
      }
      String said = line.substring(1, line.length() - 1);
      if (line.startsWith("-") && !PROBE.harmless(replies, said)) {
        return kind(RedisProbe.judge(said));
      }
    }
    return "healthy";
  }

  private static String kind(ProbeResult result) {
    return result.failure() == null ? "healthy" : result.failure().name();
  }

  /** Feeds in pieces of at most so many bytes. */
  private static String read(byte[] bytes, SplittableRandom random, int most) {
    RedisExchange exchange = exchange();
    for (int from = 0; from < bytes.length; ) {
      int size = Math.min(bytes.length - from, random.nextInt(1, most + 1));
      ProbeResult result = exchange.read(ByteBuffer.wrap(bytes, from, size));
      from += size;
      if (result != null) {
        assertThat(exchange.begun()).isTrue();
        assertThat(exchange.reusable()).isEqualTo(result.failure() == null);
        assertThat(result.detail().length()).isLessThanOrEqualTo(LINE_LIMIT);
        return kind(result);
      }
    }
    assertThat(exchange.reusable()).isFalse();
    return "none";
  }

  @Test
  void answersAreReadAsTheirLinesSayWhereverTheyAreCut() {
    Seeds.run(
        10_000,
        (seed, random) -> {
          byte[] bytes = answer(random);
          String wanted = obvious(bytes);
          assertThat(read(bytes, random, bytes.length)).isEqualTo(wanted);
          assertThat(read(bytes, random, random.nextInt(1, 20))).isEqualTo(wanted);
        });
  }

  @Test
  void noiseWithoutAnEndIsRefusedWithinALine() {
    Seeds.run(
        500,
        (seed, random) -> {
          byte[] noise = new byte[4_096];
          random.nextBytes(noise);
          if (random.nextBoolean()) {
            noise[0] = '+';
            for (int i = 1; i < noise.length; i++) {
              noise[i] = noise[i] == '\n' ? 0 : noise[i];
            }
          }
          ByteBuffer in = ByteBuffer.wrap(noise);
          ProbeResult result = exchange().read(in);
          assertThat(result).isNotNull();
          assertThat(kind(result)).isEqualTo(obvious(noise));
          assertThat(in.position()).isLessThanOrEqualTo(2 * (LINE_LIMIT + 1));
        });
  }
}
