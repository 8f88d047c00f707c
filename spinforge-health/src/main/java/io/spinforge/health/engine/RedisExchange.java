package io.spinforge.health.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.ProbeResult;
import io.spinforge.health.probe.RedisProbe;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks a Redis server with the commands of a {@link RedisProbe}; the protocol is RESP 2. */
final class RedisExchange extends KeptExchange<InetSocketAddress> {
  private static final int LINE_LIMIT = 1_024;

  private final RedisProbe<?> probe;
  private final ByteBuffer request;
  private final ByteBuffer requestWithLogin;
  private final StringBuilder line = new StringBuilder();
  private boolean login;
  private int replies;
  private boolean begun;

  RedisExchange(RedisProbe<?> probe, InetSocketAddress address, Network network, Reply reply) {
    super(
        network,
        probe.secure() ? new Security(probe.sslContext(), List.of()) : null,
        address.isUnresolved() ? address.getHostString() : address.getAddress().getHostAddress(),
        address.getPort(),
        reply);
    this.probe = probe;
    ByteArrayOutputStream commands = new ByteArrayOutputStream();
    probe.commands().forEach(command -> write(commands, command));
    this.request = ByteBuffer.wrap(commands.toByteArray());
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    if (!probe.login().isEmpty()) {
      write(all, probe.login());
    }
    all.writeBytes(commands.toByteArray());
    this.requestWithLogin = ByteBuffer.wrap(all.toByteArray());
  }

  @Override
  ByteBuffer request(boolean fresh) {
    login = fresh && !probe.login().isEmpty();
    line.setLength(0);
    replies = 0;
    begun = false;
    return fresh ? requestWithLogin.rewind() : request.rewind();
  }

  @Override
  @Nullable ProbeResult read(ByteBuffer in) {
    while (in.hasRemaining()) {
      begun = true;
      char c = (char) (in.get() & 0xff);
      if (c != '\n') {
        line.append(c);
        if (line.length() > LINE_LIMIT) {
          return failed(Failure.MALFORMED, "not Redis: line over " + LINE_LIMIT + " bytes");
        }
      } else {
        ProbeResult result = line();
        if (result != null) {
          return result;
        }
      }
    }
    return null;
  }

  @Override
  ProbeResult end() {
    return ProbeResult.failed(
        Failure.CLOSED, begun ? "closed in the middle of the answer" : "closed, no answer");
  }

  @Override
  boolean begun() {
    return begun;
  }

  @Override
  boolean reusable() {
    return replies == probe.commands().size() && !login;
  }

  private @Nullable ProbeResult line() {
    int end = line.length() - 1;
    char type = end > 0 ? line.charAt(0) : '?';
    boolean known = type == '+' || type == '-' || type == ':';
    if (!known || line.charAt(end) != '\r') {
      return failed(Failure.MALFORMED, "not Redis: " + printable(line));
    }
    String text = line.substring(1, end);
    line.setLength(0);
    if (type == '-' && (login || !probe.harmless(replies, text))) {
      return RedisProbe.judge(text);
    }
    if (login) {
      login = false;
    } else {
      replies++;
    }
    return replies == probe.commands().size() ? ProbeResult.healthy() : null;
  }

  /** An answer after which the connection is of no use. */
  private ProbeResult failed(Failure kind, String detail) {
    replies = -1;
    return ProbeResult.failed(kind, detail);
  }

  private static String printable(CharSequence text) {
    String start = text.subSequence(0, Math.min(40, text.length())).toString();
    return start.replaceAll("[^ -~]", ".");
  }

  private static void write(ByteArrayOutputStream out, List<String> command) {
    out.writeBytes(("*" + command.size() + "\r\n").getBytes(ISO_8859_1));
    for (String word : command) {
      byte[] bytes = word.getBytes(UTF_8);
      out.writeBytes(("$" + bytes.length + "\r\n").getBytes(ISO_8859_1));
      out.writeBytes(bytes);
      out.writeBytes("\r\n".getBytes(ISO_8859_1));
    }
  }
}
