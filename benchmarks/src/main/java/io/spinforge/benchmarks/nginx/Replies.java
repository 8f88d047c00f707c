package io.spinforge.benchmarks.nginx;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** As much of HTTP/1.1 as both ends of a proxy need for messages of a few hundred bytes. */
final class Replies {
  private static final Pattern LENGTH = Pattern.compile("(?i)\r\nContent-Length: (\\d+)\r\n");
  private static final Pattern UPSTREAM = Pattern.compile("(?i)\r\nX-Upstream: ([^\r]*)\r\n");
  private static final String END = "\r\n\r\n";

  private final ByteBuffer buffer = ByteBuffer.allocate(16_384);

  /** Reads what there is of a message that may have come before in part; null: not all yet. */
  static boolean complete(String message) {
    int head = message.indexOf(END);
    if (head < 0) {
      return false;
    }
    Matcher length = LENGTH.matcher(message);
    int body = length.find() ? Integer.parseInt(length.group(1)) : 0;
    return message.length() >= head + END.length() + body;
  }

  /** Reads once. */
  String read(SocketChannel from) throws IOException {
    buffer.clear();
    if (from.read(buffer) < 0) {
      throw new EOFException("connection closed by nginx");
    }
    return new String(buffer.array(), 0, buffer.position(), ISO_8859_1);
  }

  static void write(SocketChannel to, String message) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(message.getBytes(ISO_8859_1));
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
  }

  /** Returns the n of 127.0.0.(n + 1) that nginx says it asked; -1 if nobody. */
  static int chosen(String reply) {
    Matcher upstream = UPSTREAM.matcher(reply);
    if (!upstream.find()) {
      throw new IllegalStateException("no X-Upstream in " + reply);
    }
    String address = upstream.group(1);
    if (address.contains(",")) {
      throw new IllegalStateException("more than one server was asked: " + address);
    }
    return address.startsWith("127.0.0.")
        ? Integer.parseInt(address.substring(8, address.indexOf(':'))) - 1
        : -1;
  }
}
