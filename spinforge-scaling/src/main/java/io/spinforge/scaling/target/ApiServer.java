package io.spinforge.scaling.target;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Talks to a Kubernetes API server. The token is read from its file for each call, because the
 * kubelet rotates it; so is the CA, and a changed one means new connections. Every call ends within
 * the timeout, its body included. After a {@code Retry-After} nothing is sent until that time.
 * Called by one thread at a time.
 */
final class ApiServer implements AutoCloseable {
  private static final int LARGEST = 4 * 1024 * 1024;
  private static final long LONGEST_WAIT_SECONDS = 300;
  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]{1,65536}");
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

  private final Settings settings;
  private final LongSupplier ticker;
  private final ExecutorService executor;

  private @Nullable HttpClient client;
  private byte @Nullable [] ca;
  private boolean waiting;
  private long until;

  /** Where the server is and how to be let in. */
  record Settings(URI server, @Nullable Path tokenFile, @Nullable Path caFile, Duration timeout) {}

  ApiServer(String name, Settings settings, LongSupplier ticker) {
    this.settings = settings;
    this.ticker = ticker;
    AtomicInteger number = new AtomicInteger();
    executor =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread =
                  new Thread(
                      task,
                      "spinforge-scaling-kubernetes-" + name + "-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  Answer get(String path) throws IOException, InterruptedException {
    return call("GET", path, null);
  }

  Answer put(String path, byte[] json) throws IOException, InterruptedException {
    return call("PUT", path, json);
  }

  /**
   * Returns the whole answer, whatever its status.
   *
   * @throws NotSentException if nothing was sent
   * @throws IOException if there was no whole answer
   */
  private Answer call(String method, String path, byte @Nullable [] json)
      throws IOException, InterruptedException {
    URI uri = settings.server().resolve(path);
    String what = method + " " + uri;
    long left = until - ticker.getAsLong();
    if (waiting && left > 0) {
      throw new NotSentException(
          what
              + ": not sent, the server asked to wait "
              + TimeUnit.NANOSECONDS.toSeconds(left)
              + " s more");
    }
    waiting = false;
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .header("Accept", "application/json")
            .method(
                method, json == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(json));
    if (json != null) {
      request.header("Content-Type", "application/json");
    }
    if (settings.tokenFile() != null) {
      request.header("Authorization", "Bearer " + token(settings.tokenFile()));
    }
    HttpResponse<byte[]> response = send(what, client(), request.build());
    if (response.statusCode() == 429 || response.statusCode() >= 500) {
      response.headers().firstValue("Retry-After").ifPresent(this::waitFor);
    }
    return new Answer(what, response.statusCode(), response.body());
  }

  private HttpResponse<byte[]> send(String what, HttpClient client, HttpRequest request)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, head -> new LimitedBody(LARGEST));
    try {
      return answer.get(settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new IOException(what + ": no whole answer within " + settings.timeout(), e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof ConnectException
          || cause instanceof HttpConnectTimeoutException
          || cause instanceof SSLHandshakeException) {
        throw new NotSentException(what + ": no connection: " + cause, cause);
      }
      throw new IOException(what + ": " + cause, cause);
    } finally {
      answer.cancel(true); // does nothing to one that has ended
    }
  }

  /** Only seconds: what Kubernetes sends. */
  private void waitFor(String retryAfter) {
    if (SECONDS.matcher(retryAfter).matches()) {
      long seconds = Math.min(Long.parseLong(retryAfter), LONGEST_WAIT_SECONDS);
      until = ticker.getAsLong() + TimeUnit.SECONDS.toNanos(seconds);
      waiting = true;
    }
  }

  private static String token(Path file) throws NotSentException {
    String token;
    try {
      token = Files.readString(file).strip();
    } catch (IOException e) {
      throw new NotSentException("token file " + file + " cannot be read: " + e, e);
    }
    if (!TOKEN.matcher(token).matches()) { // and never say it
      throw new NotSentException(
          "token file " + file + ": " + token.length() + " characters (expected: a token)");
    }
    return token;
  }

  private HttpClient client() throws NotSentException {
    if (executor.isShutdown()) {
      throw new NotSentException("the target was closed");
    }
    Path file = settings.caFile();
    HttpClient known = client;
    try {
      byte[] now = file == null ? null : Files.readAllBytes(file);
      if (known != null && Arrays.equals(now, ca)) {
        return known;
      }
      HttpClient.Builder builder =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(settings.timeout())
              .executor(executor);
      if (now != null) {
        builder.sslContext(trusting(now));
      }
      HttpClient made = builder.build();
      client = made;
      ca = now;
      return made;
    } catch (IOException | GeneralSecurityException e) {
      throw new NotSentException("CA file " + file + " cannot be used: " + e, e);
    }
  }

  private static SSLContext trusting(byte[] pem) throws IOException, GeneralSecurityException {
    Collection<? extends Certificate> authorities =
        CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
    if (authorities.isEmpty()) {
      throw new GeneralSecurityException("it holds no certificate");
    }
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int number = 0;
    for (Certificate authority : authorities) {
      store.setCertificateEntry("ca-" + number++, authority);
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
