package io.spinforge.health.engine;

import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.HttpProbe;
import io.spinforge.health.probe.ProbeResult;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/**
 * Probes an {@code http://} URI with HTTP/1.1, on one connection that is kept between probes.
 *
 * <p>A kept connection that ends before the first byte of an answer may have been closed by the
 * server just when the request was sent; the request is sent once more on a new connection (RFC
 * 9112, 9.3.1). One that ends between probes is told as {@link Reply#idleClosed}.
 */
final class HttpExchange extends Wire implements Session<URI> {
  private final HttpProbe<?> probe;
  private final IoLoop loop;
  private final Reply reply;
  private final String host;
  private final int port;
  private final ByteBuffer request;
  private final HttpReader reader = new HttpReader();
  private long attempt;
  private boolean active;
  private boolean reused;
  private long idleSince;

  HttpExchange(HttpProbe<?> probe, URI uri, IoLoop loop, Resolver resolver, Reply reply) {
    super(loop, resolver);
    URI ascii = URI.create(uri.toASCIIString());
    String name = ascii.getHost();
    boolean plain =
        "http".equalsIgnoreCase(ascii.getScheme())
            && name != null
            && ascii.getRawUserInfo() == null
            && ascii.getPort() != 0
            && ascii.getPort() <= 65_535;
    if (!plain) {
      throw new IllegalArgumentException(
          "uri: " + uri + " (expected: http://host[:port][/path] or https://..., no user)");
    }
    this.probe = probe;
    this.loop = loop;
    this.reply = reply;
    this.host = name;
    this.port = ascii.getPort() < 0 ? 80 : ascii.getPort();
    this.request = ByteBuffer.wrap(requestOf(ascii, probe.headers()));
    this.request.position(request.limit());
  }

  @Override
  public void start(long newAttempt, long timeoutNanos) {
    attempt = newAttempt;
    active = true;
    reader.reset();
    reused = open();
    if (reused) {
      send();
    } else {
      connect(host, port);
    }
  }

  @Override
  public void expire(long expired) {
    String what = open() ? "no complete answer in time" : "no connection in time";
    active = false;
    drop();
    reply.result(expired, ProbeResult.failed(Failure.TIMEOUT, what));
  }

  @Override
  public boolean retarget(URI target) {
    return false;
  }

  @Override
  public void close() {
    active = false;
    drop();
  }

  @Override
  void connected() {
    send();
  }

  @Override
  void notConnected(ProbeResult why) {
    end(why);
  }

  @Override
  void transfer(boolean readable) {
    try {
      if (request.hasRemaining()) {
        write(request);
      }
      if (readable) {
        receive();
      }
    } catch (IOException e) {
      broken(e);
    }
  }

  private void send() {
    request.rewind();
    try {
      write(request);
    } catch (IOException e) {
      broken(e);
    }
  }

  private void receive() throws IOException {
    ByteBuffer in = loop.buffer;
    in.clear();
    int n = read(in);
    in.flip();
    if (!active) {
      idleClosed();
      return;
    }
    HttpReader.State state = n < 0 ? reader.end() : reader.feed(in);
    if (state == HttpReader.State.DONE) {
      boolean keep = reader.keepAlive() && n > 0 && !in.hasRemaining() && !request.hasRemaining();
      if (!keep) {
        drop();
      }
      end(judge(reader.status()));
    } else if (state == HttpReader.State.BAD) {
      if (n < 0 && again()) {
        return;
      }
      drop();
      end(ProbeResult.failed(reader.failure(), reader.problem()));
    }
  }

  /** Something has come, or the end, though nothing was asked for: of no use any more. */
  private void idleClosed() {
    drop();
    reply.idleClosed(loop.now() - idleSince);
  }

  private void broken(IOException e) {
    if (!active) {
      idleClosed();
    } else if (!again()) {
      drop();
      end(Failures.exchanging(e));
    }
  }

  /** Starts once more on a new connection, if the old one was kept and nothing came on it. */
  private boolean again() {
    if (!reused || reader.begun()) {
      return false;
    }
    drop();
    reused = false;
    reader.reset();
    connect(host, port);
    return true;
  }

  private ProbeResult judge(int status) {
    try {
      return probe.judge(status);
    } catch (RuntimeException e) {
      return Failures.foreign(e);
    }
  }

  private void end(ProbeResult result) {
    active = false;
    idleSince = loop.now();
    reply.result(attempt, result);
  }

  private static byte[] requestOf(URI uri, Map<String, String> headers) {
    String path = uri.getRawPath();
    StringBuilder text = new StringBuilder(160);
    text.append("GET ").append(path == null || path.isEmpty() ? "/" : path);
    if (uri.getRawQuery() != null) {
      text.append('?').append(uri.getRawQuery());
    }
    text.append(" HTTP/1.1\r\nHost: ").append(uri.getHost());
    if (uri.getPort() >= 0) {
      text.append(':').append(uri.getPort());
    }
    text.append("\r\n");
    if (headers.keySet().stream().noneMatch(n -> is(n, "user-agent"))) {
      text.append("User-Agent: spinforge-health\r\n");
    }
    headers.forEach((n, v) -> text.append(n).append(": ").append(v).append("\r\n"));
    return text.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static boolean is(String name, String lower) {
    return name.toLowerCase(Locale.ROOT).equals(lower);
  }
}
