package io.spinforge.health.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.health.engine.HttpReader.State;
import io.spinforge.health.probe.Failure;
import io.spinforge.testkit.Seeds;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpReaderTest {
  private static final String OK = "HTTP/1.1 200 OK\r\n";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200 | true | HTTP/1.1 200 OK~Content-Length: 0~~",
        "200 | true | HTTP/1.1 200~content-LENGTH:\t2 ~~ab",
        "204 | true | HTTP/1.1 204 No Content~~",
        "304 | true | HTTP/1.1 304 Not Modified~Content-Length: 10~~",
        "503 | false | HTTP/1.1 503 no~Connection: foo, Close~Content-Length: 1~~x",
        "200 | false | HTTP/1.0 200 OK~Content-Length: 1~~x",
        "200 | true | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~3~abc~a;x=y~0123456789~0~~",
        "200 | true | HTTP/1.1 200 OK~Transfer-Encoding: Chunked~~0~A: b~C: d~~",
        "200 | true | HTTP/1.1 100 Continue~~HTTP/1.1 103 Hints~A: b~~HTTP/1.1 200 ~"
            + "Content-Length: 0~~"
      })
  void readsAnswersToTheirEnd(int status, boolean keepAlive, String text) {
    HttpReader reader = new HttpReader();
    ByteBuffer in = bytes(text.replace("~", "\r\n"));
    for (int round = 0; round < 2; round++) {
      reader.reset();
      in.rewind();
      assertThat(reader.feed(in)).isEqualTo(State.DONE);
      assertThat(in.hasRemaining()).isFalse();
      assertThat(reader.status()).isEqualTo(status);
      assertThat(reader.keepAlive()).isEqualTo(keepAlive);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\n",
        "HTTP/2 200 OK\r\n",
        "HTTP/1.1  200 OK\r\n",
        "HTTP/1.1 20 OK\r\n",
        "HTTP/1.1 2000 OK\r\n",
        "HTTP/1.1 099 OK\r\n",
        "HTTP/1.1 101 Switching\r\n",
        "HTTP/1.1 200 OK\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        OK + "No colon\r\n",
        OK + ": empty\r\n",
        OK + "Blank : before colon\r\n",
        OK + " folded: line\r\n",
        OK + "Nul: \0\r\n",
        OK + "Return: a\rb\r\n",
        OK + "Content-Length: 1\r\nContent-Length: 1\r\n",
        OK + "Content-Length: -1\r\n",
        OK + "Content-Length: 1, 1\r\n",
        OK + "Content-Length: \r\n",
        OK + "Transfer-Encoding: gzip, chunked\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n",
        OK + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
        OK + "Transfer-Encoding: chunked\r\n\r\n\r\n",
        OK + "Transfer-Encoding: chunked\r\n\r\n 1\r\n",
        OK + "Transfer-Encoding: chunked\r\n\r\n0x1\r\n",
        OK + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
        OK + "Transfer-Encoding: chunked\r\n\r\n0\r\nbad trailer\r\n"
      })
  void refusesWhatIsNotStrictlyHttp(String text) {
    HttpReader reader = new HttpReader();
    assertThat(reader.feed(bytes(text))).isEqualTo(State.BAD);
    assertThat(reader.failure()).isEqualTo(Failure.MALFORMED);
    assertThat(reader.problem()).startsWith("not HTTP/1.1: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        OK + "Content-Length: 65537\r\n",
        OK + "Content-Length: 99999999999999999999\r\n",
        OK + "Transfer-Encoding: chunked\r\n\r\n10001\r\n",
        OK + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n"
      })
  void refusesAnnouncedBodiesOverTheLimit(String text) {
    HttpReader reader = new HttpReader();
    assertThat(reader.feed(bytes(text))).isEqualTo(State.BAD);
    assertThat(reader.failure()).isEqualTo(Failure.TOO_LARGE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 100 Continue\r\n\r\n",
        OK + "\r\n",
        OK + "Transfer-Encoding: chunked\r\n\r\n",
        OK + "A: "
      })
  void stopsAtTheLimitWhereTheAnswerHasNoEnd(String start) {
    List<String> more =
        List.of("HTTP/1.1 100 Continue\r\n\r\n", "a: b\r\n", "1\r\nx\r\n", "xxxxxxxxxx");
    for (String endless : more) {
      HttpReader reader = new HttpReader();
      State state = reader.feed(bytes(start));
      int fed = start.length();
      while (!state.ended()) {
        state = reader.feed(bytes(endless));
        fed += endless.length();
      }
      assertThat(fed).isLessThanOrEqualTo(HttpReader.LIMIT + endless.length());
      assertThat(state).isEqualTo(State.BAD);
    }
  }

  @Test
  void anAnswerWithoutLengthEndsWithTheConnection() {
    HttpReader reader = new HttpReader();
    assertThat(reader.feed(bytes(OK + "\r\nbody"))).isEqualTo(State.UNTIL_CLOSE);
    assertThat(reader.end()).isEqualTo(State.DONE);
    assertThat(reader.keepAlive()).isFalse();
  }

  @Test
  void anEndInTheMiddleIsAFailure() {
    String text = OK + "Content-Length: 3\r\n\r\nab";
    for (int length = 0; length <= text.length(); length++) {
      HttpReader reader = new HttpReader();
      reader.feed(bytes(text.substring(0, length)));
      assertThat(reader.begun()).isEqualTo(length > 0);
      assertThat(reader.end()).isEqualTo(State.BAD);
      assertThat(reader.failure()).isEqualTo(Failure.CLOSED);
    }
  }

  @Test
  void readsTheSameHoweverTheBytesAreCut() {
    Seeds.run(
        3_000,
        (seed, random) -> {
          byte[] answer = answer(random);
          String whole = outcome(answer, new SplittableRandom(), answer.length + 1);
          for (int i = 0; i < 5; i++) {
            assertThat(outcome(answer, random, 1 + random.nextInt(20))).isEqualTo(whole);
          }
        });
  }

  @Test
  void damagedAnswersNeverThrowAndNeverReadPastTheLimit() {
    Seeds.run(
        20_000,
        (seed, random) -> {
          byte[] answer = answer(random);
          for (int n = random.nextInt(1, 5); n > 0; n--) {
            int at = random.nextInt(answer.length);
            byte[] likely = "\r\n :;0aF,\t\0".getBytes(ISO_8859_1);
            answer[at] =
                random.nextBoolean()
                    ? (byte) random.nextInt(256)
                    : likely[random.nextInt(likely.length)];
          }
          HttpReader reader = new HttpReader();
          ByteBuffer in = ByteBuffer.wrap(answer);
          State state = reader.feed(in);
          if (!state.ended()) {
            state = reader.end();
          }
          assertThat(state.ended()).isTrue();
          if (state == State.DONE) {
            assertThat(reader.status()).isBetween(200, 999);
          } else {
            assertThat(reader.keepAlive()).isFalse();
            assertThat(reader.problem()).isNotEmpty();
          }
        });
  }

  @Test
  void pureNoiseIsRefusedWithinALine() {
    Seeds.run(
        2_000,
        (seed, random) -> {
          byte[] noise = new byte[20_000];
          random.nextBytes(noise);
          ByteBuffer in = ByteBuffer.wrap(noise);
          assertThat(new HttpReader().feed(in)).isEqualTo(State.BAD);
          assertThat(in.position()).isLessThanOrEqualTo(HttpReader.LINE_LIMIT + 2);
        });
  }

  private static String outcome(byte[] answer, SplittableRandom random, int most) {
    HttpReader reader = new HttpReader();
    ByteBuffer in = ByteBuffer.wrap(answer);
    in.limit(0);
    State state = State.STATUS_LINE;
    while (!state.ended() && in.limit() < answer.length) {
      in.limit(Math.min(answer.length, in.limit() + 1 + random.nextInt(most)));
      state = reader.feed(in);
    }
    boolean needsEnd = !state.ended();
    state = needsEnd ? reader.end() : state;
    return state
        + " "
        + needsEnd
        + " "
        + reader.status()
        + " "
        + reader.keepAlive()
        + " "
        + reader.problem()
        + " "
        + (state == State.DONE ? in.position() : 0);
  }

  /** A valid answer of random shape, sometimes with another one behind it. */
  private static byte[] answer(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(3); n > 0; n--) {
      text.append("HTTP/1.1 10").append(random.nextInt(2) * 3).append(" Interim\r\nA: b\r\n\r\n");
    }
    text.append("HTTP/1.").append(random.nextInt(4) == 0 ? 0 : 1);
    text.append(' ').append(random.nextInt(200, 600)).append(" Reason\r\n");
    for (int n = random.nextInt(5); n > 0; n--) {
      text.append("X-").append(n).append(": ").append("v".repeat(random.nextInt(900)));
      text.append("\r\n");
    }
    if (random.nextInt(4) == 0) {
      text.append("Connection: close\r\n");
    }
    int length = random.nextInt(300);
    switch (random.nextInt(3)) {
      case 0 ->
          text.append("Content-Length: ")
              .append(length)
              .append("\r\n\r\n")
              .append("b".repeat(length));
      case 1 -> {
        text.append("Transfer-Encoding: chunked\r\n\r\n");
        for (int n = random.nextInt(4); n > 0; n--) {
          int size = random.nextInt(1, 200);
          text.append(Integer.toHexString(size)).append("\r\n").append("c".repeat(size));
          text.append("\r\n");
        }
        text.append("0\r\n\r\n");
      }
      default -> text.append("\r\n").append("u".repeat(length));
    }
    if (random.nextInt(4) == 0) {
      text.append("HTTP/1.1 200 OK\r\n\r\n");
    }
    return text.toString().getBytes(ISO_8859_1);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
  }
}
