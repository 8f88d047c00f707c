package io.spinforge.health.probe;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.net.http.HttpClient;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Checks a target by an HTTP GET; by default every status from 200 to 299 is healthy and every
 * other one a failure. Immutable: each method returns a changed copy.
 *
 * <p>URIs are probed with HTTP/1.1 on the checker's I/O thread. The connection is kept open between
 * probes if the server allows it, and its end starts a confirming probe at once; that is how a
 * crash is seen long before the next round. The answer is read to its end, at most 64 KB of it, and
 * its body is ignored. For {@code https://} the server's certificate must be trusted and made out
 * to the host in the URI. Only if a {@link #client} is given does every URI go through that,
 * without the early sign.
 *
 * @param <T> the type of the targets
 */
public final class HttpProbe<T> implements Probe<T> {
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  private static final Pattern VALUE =
      Pattern.compile("[\\x21-\\x7e]([\\x20-\\x7e\\t]*[\\x21-\\x7e])?");
  private static final Set<String> OWN =
      Set.of("host", "connection", "content-length", "transfer-encoding", "expect", "upgrade");

  private final Function<? super T, URI> uri;
  private final Map<String, String> headers;
  private final IntPredicate healthy;
  private final IntPredicate degraded;
  private final @Nullable HttpClient client;
  private final @Nullable SSLContext sslContext;

  private HttpProbe(
      Function<? super T, URI> uri,
      Map<String, String> headers,
      IntPredicate healthy,
      IntPredicate degraded,
      @Nullable HttpClient client,
      @Nullable SSLContext sslContext) {
    this.uri = requireNonNull(uri, "uri");
    this.headers = Collections.unmodifiableMap(headers);
    this.healthy = requireNonNull(healthy, "healthy");
    this.degraded = requireNonNull(degraded, "degraded");
    this.client = client;
    this.sslContext = sslContext;
  }

  /**
   * Returns a probe that gets a URI of each target. The function is called once per target, on the
   * checker's I/O thread, and must not block.
   */
  public static <T> HttpProbe<T> get(Function<? super T, URI> uri) {
    return new HttpProbe<>(
        uri, Map.of(), status -> status >= 200 && status <= 299, status -> false, null, null);
  }

  /**
   * Adds a request header, for example {@code Authorization}. Headers that the connection needs
   * itself (Host, Connection and the like) and a second value are refused.
   */
  public HttpProbe<T> header(String name, String value) {
    if (!TOKEN.matcher(name).matches() || OWN.contains(name.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          "header: " + name + " (expected: a header name, none of " + OWN + ")");
    }
    if (!VALUE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "header " + name + ": value (expected: visible ASCII, blanks only inside)");
    }
    for (String known : headers.keySet()) {
      if (known.equalsIgnoreCase(name)) {
        throw new IllegalArgumentException("header: " + name + " (expected: set once)");
      }
    }
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new HttpProbe<>(uri, more, healthy, degraded, client, sslContext);
  }

  /** Replaces the rule for healthy statuses; default 200 to 299. */
  public HttpProbe<T> healthyWhen(IntPredicate status) {
    return new HttpProbe<>(uri, headers, status, degraded, client, sslContext);
  }

  /**
   * Sets which statuses mean {@link Verdict#DEGRADED}, for example {@code s -> s == 429}; looked at
   * before the healthy ones; default none.
   */
  public HttpProbe<T> degradedWhen(IntPredicate status) {
    return new HttpProbe<>(uri, headers, healthy, status, client, sslContext);
  }

  /** Sends every probe through a client of the host, which the checker never closes. */
  public HttpProbe<T> client(HttpClient client) {
    requireNonNull(client, "client");
    return new HttpProbe<>(uri, headers, healthy, degraded, client, sslContext);
  }

  /** Takes the certificates for {@code https://} from this context, not from the JVM's default. */
  public HttpProbe<T> tls(SSLContext context) {
    requireNonNull(context, "context");
    return new HttpProbe<>(uri, headers, healthy, degraded, client, context);
  }

  /** Returns the URI to get for a target. */
  public URI uriOf(T target) {
    return requireNonNull(uri.apply(target), "uri of the target");
  }

  /** Returns the request headers in the order in which they were added. */
  public Map<String, String> headers() {
    return headers;
  }

  /** Returns the host's client, or null if the checker's own is used. */
  public @Nullable HttpClient client() {
    return client;
  }

  /** Returns the certificates to use, or null for the JVM's. */
  public @Nullable SSLContext sslContext() {
    return sslContext;
  }

  /** Judges the status of a complete answer. */
  public ProbeResult judge(int status) {
    if (degraded.test(status)) {
      return ProbeResult.degraded("status " + status);
    }
    return healthy.test(status)
        ? ProbeResult.healthy()
        : ProbeResult.failed(Failure.STATUS, "status " + status);
  }
}
