package io.spinforge.health.engine;

import io.spinforge.health.probe.AsyncProbe;
import io.spinforge.health.probe.BlockingProbe;
import io.spinforge.health.probe.CombinedProbe;
import io.spinforge.health.probe.HttpProbe;
import io.spinforge.health.probe.JdbcProbe;
import io.spinforge.health.probe.Probe;
import io.spinforge.health.probe.ProbeResult;
import io.spinforge.health.probe.RedisProbe;
import io.spinforge.health.probe.TcpProbe;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

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
  private final Helpers crypto;
  private final Network network;

  /** Makes sessions on the loop; names of other threads begin with the given one. */
  public Sessions(Probe<? super T> probe, IoLoop loop, String threadName) {
    this.probe = probe;
    this.loop = loop;
    this.blocking = new Helpers(threadName + "-blocking", 8);
    this.names = new Helpers(threadName + "-names", 4);
    int processors = Runtime.getRuntime().availableProcessors();
    this.crypto = new Helpers(threadName + "-tls", Math.min(4, processors));
    this.network = new Network(loop, new Resolver(loop, names), crypto);
  }

  /**
   * Opens the session of a target.
   *
   * @throws RuntimeException if the target has no usable address
   */
  public Session<T> open(T target, Reply reply) {
    return open(probe, target, reply);
  }

  private Session<T> open(Probe<? super T> probe, T target, Reply reply) {
    if (probe instanceof HttpProbe<? super T> http) {
      return new Addressed<T, URI>(target, http::uriOf, uri -> exchange(http, uri, reply));
    }
    if (probe instanceof TcpProbe<? super T> tcp) {
      return new Addressed<T, InetSocketAddress>(
          target, tcp.address(), address -> tcp(tcp, address, reply));
    }
    if (probe instanceof AsyncProbe<? super T> async) {
      return new AsyncSession<>(async.check(), target, loop, reply);
    }
    if (probe instanceof RedisProbe<? super T> redis) {
      return new Addressed<T, InetSocketAddress>(
          target, redis::addressOf, a -> new RedisExchange(redis, a, network, reply));
    }
    if (probe instanceof JdbcProbe<? super T> jdbc) {
      return new JdbcSession<>(jdbc, target, blocking, crypto::execute, loop, reply);
    }
    if (probe instanceof CombinedProbe<? super T> combined) {
      return combined(combined, target, reply);
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
    crypto.finish();
  }

  private <S> Session<T> combined(CombinedProbe<S> combined, T target, Reply reply) {
    return new CombinedSession<>(
        combined, (part, to) -> open(part(combined, part), target, to), reply);
  }

  @SuppressWarnings("unchecked") // the parts of a probe of S take S, and T is an S
  private static <T> Probe<? super T> part(CombinedProbe<?> combined, int part) {
    return (Probe<? super T>) combined.probes().get(part);
  }

  private Session<InetSocketAddress> tcp(TcpProbe<?> tcp, InetSocketAddress address, Reply reply) {
    Security security = tcp.secure() ? new Security(tcp.sslContext(), List.of()) : null;
    return new TcpExchange(address, security, network, reply);
  }

  private Session<URI> exchange(HttpProbe<?> http, URI uri, Reply reply) {
    HttpClient given = http.client();
    return given == null
        ? HttpExchange.with(http, uri, network, reply)
        : new AsyncSession<>((u, timeout) -> get(given, http, u), uri, loop, reply);
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
