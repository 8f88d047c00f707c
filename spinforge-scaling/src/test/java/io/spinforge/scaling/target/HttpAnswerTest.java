package io.spinforge.scaling.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.testkit.Seeds;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpAnswerTest {
  private static HttpAnswer read(String answer) throws IOException {
    ByteArrayInputStream in =
        new ByteArrayInputStream(answer.getBytes(StandardCharsets.ISO_8859_1));
    return HttpAnswer.read(in::read);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTP/1.1 200 OK;Content-Length: 3;;abcdef|200|abc",
        "HTTP/1.1 200;content-length:3;;abc|200|abc",
        "HTTP/1.0 404 No;;abc|404|abc",
        "HTTP/1.1 200 OK;Transfer-Encoding: chunked;;3;abc;A;0123456789;0;;|200|abc0123456789",
        "HTTP/1.1 200 OK;Transfer-Encoding: chunked;;1 ;a;0;Trailer: x;;|200|a",
        "HTTP/1.1 100 Continue;;HTTP/1.1 201 OK;Content-Length: 1;;x|201|x",
        "HTTP/1.1 204 None;;|204|",
      })
  void wholeAnswersAreRead(String answer, int status, String body) throws IOException {
    HttpAnswer read = read(answer.replace(";", "\r\n"));
    assertThat(read.status()).isEqualTo(status);
    assertThat(new String(read.body(), StandardCharsets.ISO_8859_1))
        .isEqualTo(body == null ? "" : body);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SSH-2.0-x;|the answer is no HTTP: 'SSH-2.0-x'",
        "HTTP/1.1 999 x;;|the answer is no HTTP: 'HTTP/1.1 999 x'",
        "HTTP/1.1 200 OK;Content-Length: 4;;abc|the answer ends in the middle",
        "HTTP/1.1 200 OK;Content-Length: -1;;|the answer's Content-Length: '-1' (expected: one)",
        "HTTP/1.1 200 OK;Content-Length: 1;Content-Length: 2;;ab|the answer's Content-Length: '2'"
            + " (expected: one)",
        "HTTP/1.1 200 OK;Content-Length: 4194305;;|the answer is above 4194304 bytes",
        "HTTP/1.1 200 OK;Content-Length: 1;Transfer-Encoding: chunked;;|the answer has both a"
            + " length and chunks",
        "HTTP/1.1 200 OK;Transfer-Encoding: gzip;;|the answer's Transfer-Encoding: 'gzip' is not"
            + " known",
        "HTTP/1.1 200 OK;no field;;|the answer's header 'no field' is no field",
        "HTTP/1.1 200 OK;Transfer-Encoding: chunked;;x;|a chunk of the answer has the size 'x'",
        "HTTP/1.1 200 OK;Transfer-Encoding: chunked;;2;abc;0;;|a chunk of the answer is longer"
            + " than it says",
        "HTTP/1.1 200 OK;Transfer-Encoding: chunked;;3;abc;|the answer ends in the middle",
        "HTTP/1.1 200 OK;Transfer-Encoding: chunked;;ffffffff;|the answer is above 4194304 bytes",
        "HTTP/1.1 200|the answer ends in the middle",
      })
  void anythingElseIsNamed(String answer, String message) {
    assertThatThrownBy(() -> read(answer.replace(";", "\r\n")))
        .isInstanceOf(IOException.class)
        .hasMessage(message);
  }

  @Test
  void endlessHeadIsRefused() {
    assertThatThrownBy(() -> read("HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(20_000)))
        .hasMessage("the answer's lines are above 65536 bytes");
  }

  @Test
  void everyPrefixOfAnAnswerIsAnErrorAndNoHang() throws IOException {
    String whole =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n2\r\n, \r\n0\r\n\r\n";
    assertThat(read(whole).body()).hasSize(7);
    for (int i = 0; i < whole.length(); i++) {
      String prefix = whole.substring(0, i);
      assertThatThrownBy(() -> read(prefix)).as(prefix).isInstanceOf(IOException.class);
    }
  }

  @Test
  void randomBytesNeverThrowAnythingElse() {
    Seeds.run(
        20,
        (seed, random) -> {
          for (int i = 0; i < 500; i++) {
            StringBuilder text = new StringBuilder("HTTP/1.1 200 OK\r\n");
            for (int c = random.nextInt(80); c > 0; c--) {
              text.append("\r\n:;0123abTransfer-Encoding: chunked".charAt(random.nextInt(35)));
            }
            try {
              read(text.toString());
            } catch (IOException e) {
              assertThat(e).hasMessageContaining("answer");
            }
          }
        });
  }
}
