package io.spinforge.health.engine;

import io.spinforge.health.probe.HttpProbe;
import io.spinforge.health.probe.ProbeResult;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Probes an {@code http://} or {@code https://} URI with HTTP/1.1. */
final class HttpExchange extends KeptExchange<URI> {
  private final HttpProbe<?> probe;
  private final ByteBuffer request;
  private final HttpReader reader = new HttpReader();

  private HttpExchange(HttpProbe<?> probe, URI uri, boolean secure, Network network, Reply reply) {
    super(
        network,
        secure ? new Security(probe.sslContext(), List.of("http/1.1")) : null,
        uri.getHost(),
        uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80,
        reply);
    this.probe = probe;
    this.request = ByteBuffer.wrap(requestOf(uri, probe.headers()));
  }

  static HttpExchange with(HttpProbe<?> probe, URI uri, Network network, Reply reply) {
    URI ascii = URI.create(uri.toASCIIString());
    boolean secure = "https".equalsIgnoreCase(ascii.getScheme());
    boolean plain =
        (secure || "http".equalsIgnoreCase(ascii.getScheme()))
            && ascii.getHost() != null
            && ascii.getRawUserInfo() == null
            && ascii.getPort() != 0
            && ascii.getPort() <= 65_535;
    if (!plain) {
      throw new IllegalArgumentException(
          "uri: " + uri + " (expected: http://host[:port][/path] or https://..., no user)");
    }
    return new HttpExchange(probe, ascii, secure, network, reply);
  }

  @Override
  ByteBuffer request(boolean fresh) {
    reader.reset();
    return request.rewind();
  }

  @Override
  @Nullable ProbeResult read(ByteBuffer in) {
    return resultOf(reader.feed(in));
  }

  @Override
  ProbeResult end() {
    ProbeResult result = resultOf(reader.end());
    return result == null ? ProbeResult.failed(reader.failure(), "closed") : result;
  }

  @Override
  boolean begun() {
    return reader.begun();
  }

  @Override
  boolean reusable() {
    return reader.keepAlive();
  }

  private @Nullable ProbeResult resultOf(HttpReader.State state) {
    return switch (state) {
      case DONE -> judge(reader.status());
      case BAD -> ProbeResult.failed(reader.failure(), reader.problem());
      default -> null;
    };
  }

  private ProbeResult judge(int status) {
    try {
      return probe.judge(status);
    } catch (RuntimeException e) {
      return Failures.foreign(e);
    }
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
