package io.spinforge.health.engine;

import io.spinforge.health.probe.AsyncProbe;
import io.spinforge.health.probe.BlockingProbe;
import io.spinforge.health.probe.HttpProbe;
import io.spinforge.health.probe.Probe;
import io.spinforge.health.probe.ProbeResult;
import io.spinforge.health.probe.TcpProbe;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Turns the description of a probe into sessions that run it. Used on the loop's thread, but for
 * {@link #stuckWorkers()}.
 *
 * @param <T> the type of the targets
 */
public final class Sessions<T> implements AutoCloseable {
  private final Probe<? super T> probe;
  private final IoLoop loop;
  private final Helpers blocking;
  private final Helpers names;
  private final Resolver resolver;
  private @Nullable HttpClient ownClient;

  /** Makes sessions on the loop; names of other threads begin with the given one. */
  public Sessions(Probe<? super T> probe, IoLoop loop, String threadName) {
    this.probe = probe;
    this.loop = loop;
    this.blocking = new Helpers(threadName + "-blocking", 8);
    this.names = new Helpers(threadName + "-names", 4);
    this.resolver = new Resolver(loop, names);
  }

  /**
   * Opens the session of a target.
   *
   * @throws RuntimeException if the target has no usable address
   */
  public Session<T> open(T target, Reply reply) {
    if (probe instanceof HttpProbe<? super T> http) {
      return new Addressed<T, URI>(target, http::uriOf, uri -> exchange(http, uri, reply));
    }
    if (probe instanceof TcpProbe<? super T> tcp) {
      return new Addressed<T, InetSocketAddress>(
          target, tcp.address(), address -> new TcpExchange(address, loop, resolver, reply));
    }
    if (probe instanceof AsyncProbe<? super T> async) {
      return new AsyncSession<>(async.check(), target, loop, reply);
    }
    return new BlockingSession<>((BlockingProbe<? super T>) probe, target, blocking, loop, reply);
  }

  /** Returns the number of blocking checks that overran their time and have not returned. */
  public int stuckWorkers() {
    return blocking.stuck().get();
  }

  @Override
  public void close() {
    blocking.close();
    names.close();
    ownClient = null;
  }

  private Session<URI> exchange(HttpProbe<?> http, URI uri, Reply reply) {
    HttpClient given = http.client();
    if (given == null && !"https".equalsIgnoreCase(uri.getScheme())) {
      return new HttpExchange(http, uri, loop, resolver, reply);
    }
    HttpClient client = given != null ? given : ownClient();
    return new AsyncSession<>((u, timeout) -> get(client, http, u), uri, loop, reply);
  }

  private HttpClient ownClient() {
    HttpClient client = ownClient;
    if (client == null) {
      client =
          HttpClient.newBuilder()
              .followRedirects(HttpClient.Redirect.NEVER)
              .executor(blocking::execute)
              .build();
      ownClient = client;
    }
    return client;
  }

  private static CompletionStage<ProbeResult> get(HttpClient client, HttpProbe<?> http, URI uri) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    http.headers().forEach(request::header);
    CompletableFuture<HttpResponse<Void>> sent =
        client.sendAsync(request.build(), BodyHandlers.discarding());
    CompletableFuture<ProbeResult> judged =
        sent.thenApply(answer -> http.judge(answer.statusCode()));
    // Cancelling a dependent stage does not cancel what it depends on.
    CompletableFuture<ProbeResult> unused =
        judged.whenComplete((result, thrown) -> sent.cancel(true));
    return judged;
  }
}
