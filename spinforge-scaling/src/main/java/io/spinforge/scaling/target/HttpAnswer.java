package io.spinforge.scaling.target;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The answer to a request that asked to close the connection, read strictly (RFC 9112): a length
 * that is given has to come, chunks have to end, and what could be understood in two ways is an
 * error. 1xx answers are skipped. Head up to 64 KiB, body up to 4 MiB.
 */
final class HttpAnswer {
  private static final int LARGEST_HEAD = 64 * 1024;
  private static final int LARGEST_BODY = 4 * 1024 * 1024;
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})( .*)?");
  private static final Pattern FIELD = Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):(.*)");
  private static final Pattern LENGTH = Pattern.compile("[0-9]{1,10}");
  private static final Pattern CHUNK = Pattern.compile("([0-9a-fA-F]{1,8})[ \\t]*(;.*)?");

  private final int status;
  private final byte[] body;

  private HttpAnswer(int status, byte[] body) {
    this.status = status;
    this.body = body;
  }

  int status() {
    return status;
  }

  byte[] body() {
    return body;
  }

  /** Where bytes come from; −1 at the end. */
  @FunctionalInterface
  interface Bytes {
    int read() throws IOException;
  }

  static HttpAnswer read(Bytes in) throws IOException {
    Reader reader = new Reader(in);
    int status;
    do {
      status = reader.head();
    } while (status / 100 == 1);
    return new HttpAnswer(status, reader.body(status));
  }

  private static final class Reader {
    private final Bytes in;
    private int head;
    private long length;
    private boolean chunked;

    Reader(Bytes in) {
      this.in = in;
    }

    int head() throws IOException {
      length = -1;
      chunked = false;
      String first = line();
      Matcher status = STATUS.matcher(first);
      if (!status.matches()) {
        throw new IOException("the answer is no HTTP: '" + first + "'");
      }
      for (String line = line(); !line.isEmpty(); line = line()) {
        field(line);
      }
      if (chunked && length >= 0) {
        throw new IOException("the answer has both a length and chunks");
      }
      return Integer.parseInt(status.group(1));
    }

    private void field(String line) throws IOException {
      Matcher field = FIELD.matcher(line);
      if (!field.matches()) {
        throw new IOException("the answer's header '" + line + "' is no field");
      }
      String name = field.group(1).toLowerCase(Locale.ROOT);
      String value = field.group(2).strip();
      if (name.equals("content-length")) {
        if (!LENGTH.matcher(value).matches() || length >= 0) {
          throw new IOException("the answer's Content-Length: '" + value + "' (expected: one)");
        }
        length = Long.parseLong(value);
      } else if (name.equals("transfer-encoding")) {
        if (!value.equalsIgnoreCase("chunked") || chunked) {
          throw new IOException("the answer's Transfer-Encoding: '" + value + "' is not known");
        }
        chunked = true;
      }
    }

    byte[] body(int status) throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      if (status == 204 || status == 304) {
        return out.toByteArray();
      }
      if (chunked) {
        for (int size = chunk(); size > 0; size = chunk()) {
          copy(size, out);
          if (!line().isEmpty()) {
            throw new IOException("a chunk of the answer is longer than it says");
          }
        }
        for (String line = line(); !line.isEmpty(); ) { // trailers say nothing that is needed
          line = line();
        }
      } else if (length >= 0) {
        copy(length, out);
      } else {
        for (int next = in.read(); next >= 0; next = in.read()) {
          bound(out.size() + 1L);
          out.write(next);
        }
      }
      return out.toByteArray();
    }

    private int chunk() throws IOException {
      String line = line();
      Matcher chunk = CHUNK.matcher(line);
      if (!chunk.matches()) {
        throw new IOException("a chunk of the answer has the size '" + line + "'");
      }
      long size = Long.parseLong(chunk.group(1), 16);
      bound(size);
      return (int) size;
    }

    private void copy(long count, ByteArrayOutputStream out) throws IOException {
      bound(out.size() + count);
      for (long i = 0; i < count; i++) {
        out.write(next());
      }
    }

    private static void bound(long size) throws IOException {
      if (size > LARGEST_BODY) {
        throw new IOException("the answer is above " + LARGEST_BODY + " bytes");
      }
    }

    private int next() throws IOException {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("the answer ends in the middle");
      }
      return next;
    }

    private String line() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream(80);
      for (int next = next(); next != '\n'; next = next()) {
        if (++head > LARGEST_HEAD) {
          throw new IOException("the answer's lines are above " + LARGEST_HEAD + " bytes");
        }
        line.write(next);
      }
      String text = line.toString(StandardCharsets.ISO_8859_1);
      return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
  }
}
