package io.spinforge.health.engine;

import io.spinforge.health.probe.Failure;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads answers to GET requests from a stream of bytes, strictly as RFC 9112 has them, and keeps
 * nothing but the status. Not thread-safe.
 *
 * <p>What the RFC lets a lenient reader guess is refused here, because a guess about where an
 * answer ends would be taken for the next answer on the same connection: lines end with CR LF,
 * folded lines, blanks before a colon, several lengths, and a length beside chunks are errors.
 * Interim answers (1xx) are skipped. The whole answer, interim ones included, may have {@value
 * #LIMIT} bytes and a line {@value #LINE_LIMIT}.
 */
final class HttpReader {
  static final int LIMIT = 64 * 1024;
  static final int LINE_LIMIT = 8 * 1024;
  private static final int LINE_KEPT = 512;

  enum State {
    STATUS_LINE,
    HEADERS,
    FIXED,
    CHUNK_SIZE,
    CHUNK_DATA,
    CHUNK_END,
    TRAILERS,
    UNTIL_CLOSE,
    DONE,
    BAD;

    boolean ended() {
      return this == DONE || this == BAD;
    }

    private boolean isData() {
      return this == FIXED || this == CHUNK_DATA || this == UNTIL_CLOSE;
    }
  }

  private State state = State.STATUS_LINE;
  private byte[] line = new byte[LINE_KEPT / 2];
  private int length;
  private int total;
  private int left;
  private int status;
  private boolean http10;
  private boolean keepAlive = true;
  private boolean chunked;
  private int contentLength = -1;
  private @Nullable Failure failure;
  private String problem = "";

  /** Makes ready for the next answer. */
  void reset() {
    total = 0;
    failure = null;
    problem = "";
    if (line.length > LINE_KEPT) {
      line = new byte[LINE_KEPT];
    }
    nextMessage();
  }

  /** Reads as much as belongs to this answer and leaves the rest in the buffer. */
  State feed(ByteBuffer in) {
    while (in.hasRemaining() && !state.ended()) {
      if (state.isData()) {
        data(in);
      } else {
        lineByte(in.get());
      }
    }
    return state;
  }

  /** The stream has ended. */
  State end() {
    if (state == State.UNTIL_CLOSE) {
      state = State.DONE;
    } else if (!state.ended()) {
      bad(Failure.CLOSED, begun() ? "closed in the middle of the answer" : "closed, no answer");
    }
    return state;
  }

  /** Returns whether any byte of this answer has been read. */
  boolean begun() {
    return total > 0;
  }

  /** Returns the status of a finished answer. */
  int status() {
    return status;
  }

  /** Returns whether the connection can carry another exchange after a finished answer. */
  boolean keepAlive() {
    return keepAlive;
  }

  /** Returns the kind of the problem after {@link State#BAD}. */
  Failure failure() {
    return failure == null ? Failure.MALFORMED : failure;
  }

  /** Returns the problem after {@link State#BAD} in a few words. */
  String problem() {
    return problem;
  }

  private void nextMessage() {
    state = State.STATUS_LINE;
    length = 0;
    status = 0;
    keepAlive = true;
    chunked = false;
    contentLength = -1;
  }

  private void data(ByteBuffer in) {
    int n = in.remaining();
    if (state != State.UNTIL_CLOSE) {
      n = Math.min(n, left);
      left -= n;
    }
    if (n > LIMIT - total) {
      tooLarge();
      return;
    }
    total += n;
    in.position(in.position() + n);
    if (left == 0 && state == State.FIXED) {
      state = State.DONE;
    } else if (left == 0 && state == State.CHUNK_DATA) {
      state = State.CHUNK_END;
    }
  }

  private void lineByte(byte b) {
    if (++total > LIMIT) {
      tooLarge();
    } else if (b != '\n') {
      append(b);
    } else if (length == 0 || line[length - 1] != '\r') {
      bad("line without CR");
    } else {
      String text = new String(line, 0, length - 1, StandardCharsets.ISO_8859_1);
      length = 0;
      line(text);
    }
  }

  private void append(byte b) {
    boolean afterReturn = length > 0 && line[length - 1] == '\r';
    boolean control = (b >= 0 && b < ' ' && b != '\t' && b != '\r') || b == 0x7f;
    if (afterReturn || control) {
      bad("control character in a line");
      return;
    }
    if (length == LINE_LIMIT) {
      bad(Failure.TOO_LARGE, "line over " + LINE_LIMIT + " bytes");
      return;
    }
    if (length == line.length) {
      line = Arrays.copyOf(line, line.length * 2);
    }
    line[length++] = b;
  }

  private void line(String text) {
    switch (state) {
      case STATUS_LINE -> statusLine(text);
      case HEADERS -> {
        if (text.isEmpty()) {
          endOfHeaders();
        } else {
          header(text);
        }
      }
      case CHUNK_SIZE -> chunkSize(text);
      case CHUNK_END -> {
        if (text.isEmpty()) {
          state = State.CHUNK_SIZE;
        } else {
          bad("chunk longer than its size");
        }
      }
      default -> trailer(text);
    }
  }

  private void statusLine(String text) {
    boolean shape =
        text.length() >= 12
            && text.startsWith("HTTP/1.")
            && digit(text.charAt(7))
            && text.charAt(8) == ' '
            && digit(text.charAt(9))
            && digit(text.charAt(10))
            && digit(text.charAt(11))
            && (text.length() == 12 || text.charAt(12) == ' ');
    int code = shape ? Integer.parseInt(text, 9, 12, 10) : 0;
    if (code < 100 || code == 101) {
      // 101 would switch to a protocol that was not asked for.
      bad("status line");
      return;
    }
    status = code;
    http10 = text.charAt(7) == '0';
    keepAlive = !http10;
    state = State.HEADERS;
  }

  private void header(String text) {
    int colon = text.indexOf(':');
    if (!token(text, colon)) {
      bad("header line");
      return;
    }
    String name = text.substring(0, colon).toLowerCase(Locale.ROOT);
    String value = text.substring(colon + 1).strip();
    switch (name) {
      case "content-length" -> contentLength(value);
      case "transfer-encoding" -> {
        if (chunked || http10 || !value.equalsIgnoreCase("chunked")) {
          bad("transfer-encoding");
        }
        chunked = true;
      }
      case "connection" -> {
        for (String option : value.split(",", -1)) {
          if (option.strip().equalsIgnoreCase("close")) {
            keepAlive = false;
          }
        }
      }
      default -> {}
    }
  }

  private void contentLength(String value) {
    if (contentLength >= 0 || !digits(value)) {
      bad("content-length");
    } else if (value.length() > 9 || Integer.parseInt(value) > LIMIT) {
      tooLarge();
    } else {
      contentLength = Integer.parseInt(value);
    }
  }

  private void endOfHeaders() {
    if (chunked && contentLength >= 0) {
      bad("content-length beside transfer-encoding");
    } else if (status < 200) {
      nextMessage();
    } else if (status == 204 || status == 304 || contentLength == 0) {
      state = State.DONE;
    } else if (chunked) {
      state = State.CHUNK_SIZE;
    } else if (contentLength > 0) {
      left = contentLength;
      state = State.FIXED;
    } else {
      keepAlive = false;
      state = State.UNTIL_CLOSE;
    }
  }

  private void chunkSize(String text) {
    int semicolon = text.indexOf(';');
    String size = semicolon < 0 ? text : text.substring(0, semicolon);
    if (size.isEmpty() || !hex(size)) {
      bad("chunk size");
    } else if (size.length() > 7 || Integer.parseInt(size, 16) > LIMIT) {
      tooLarge();
    } else {
      left = Integer.parseInt(size, 16);
      state = left == 0 ? State.TRAILERS : State.CHUNK_DATA;
    }
  }

  private void trailer(String text) {
    if (text.isEmpty()) {
      state = State.DONE;
    } else if (!token(text, text.indexOf(':'))) {
      bad("trailer line");
    }
  }

  private void tooLarge() {
    bad(Failure.TOO_LARGE, "answer over " + LIMIT + " bytes");
  }

  private void bad(String what) {
    bad(Failure.MALFORMED, "not HTTP/1.1: " + what);
  }

  private void bad(Failure kind, String what) {
    if (failure == null) {
      failure = kind;
      problem = what;
    }
    state = State.BAD;
    keepAlive = false;
  }

  private static boolean token(String text, int end) {
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c >= 0x7f || "\"(),/:;<=>?@[\\]{}".indexOf(c) >= 0) {
        return false;
      }
    }
    return end > 0;
  }

  private static boolean digits(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!digit(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static boolean hex(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // Character.digit would take digits of other scripts too.
      if (c > 'f' || Character.digit(c, 16) < 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }
}
