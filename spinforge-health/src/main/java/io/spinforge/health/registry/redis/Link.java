package io.spinforge.health.registry.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.async.RedisScriptingAsyncCommands;
import io.lettuce.core.pubsub.RedisPubSubListener;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a store connected. Lettuce reconnects by itself, but by the host's delays, which grow to
 * half a minute, and it cannot see a connection that is open and dead. So when commands fail, new
 * connections are opened on a thread of their own, one attempt at a time, and take the place of the
 * old ones. Thread-safe.
 */
final class Link {
  private static final int TROUBLES = 3;
  private static final RedisConnectionException NOT_CONNECTED =
      new RedisConnectionException("not connected");

  private final Lines.Opener opener;
  private final RedisPubSubListener<String, String> hints;
  private final Runnable connected;
  private final ExecutorService connector;
  private final Set<String> channels = ConcurrentHashMap.newKeySet();
  // The attempt under way or the last one that ended; replaced by whoever begins the next.
  private final AtomicReference<CompletableFuture<Lines>> attempt;
  private final AtomicInteger troubles = new AtomicInteger(); // failures since the last answer
  private volatile @Nullable Lines lines; // written by the connector's thread
  private volatile boolean closed;

  Link(
      String name,
      Lines.Opener opener,
      RedisPubSubListener<String, String> hints,
      Runnable connected) {
    this.opener = opener;
    this.hints = hints;
    this.connected = connected;
    this.attempt = new AtomicReference<>(CompletableFuture.failedFuture(NOT_CONNECTED));
    this.connector =
        new ThreadPoolExecutor(
            0,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "spinforge-registry-" + name + "-connect");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Returns the commands: at once, when the attempt under way has ended, or a failure. */
  CompletableFuture<RedisScriptingAsyncCommands<String, String>> commands() {
    Lines now = lines;
    if (now != null && now.isOpen()) {
      return CompletableFuture.completedFuture(now.commands());
    }
    return attempt.get().thenApply(Link::live);
  }

  private static RedisScriptingAsyncCommands<String, String> live(Lines lines) {
    if (!lines.isOpen()) {
      throw NOT_CONNECTED;
    }
    return lines.commands();
  }

  void answered() {
    troubles.setPlain(0);
  }

  /** Opens new connections if the old ones look dead. */
  void troubled() {
    Lines now = lines;
    if (now == null || !now.isOpen() || troubles.incrementAndGet() >= TROUBLES) {
      open();
    }
  }

  void open() {
    CompletableFuture<Lines> last = attempt.get();
    CompletableFuture<Lines> next = new CompletableFuture<>();
    if (!closed && last.isDone() && attempt.compareAndSet(last, next)) {
      try {
        connector.execute(() -> open(next));
      } catch (RejectedExecutionException e) {
        next.completeExceptionally(NOT_CONNECTED);
      }
    }
  }

  private void open(CompletableFuture<Lines> result) {
    try {
      Lines fresh = opener.open();
      take(fresh);
      result.complete(fresh);
      connected.run();
    } catch (RuntimeException e) {
      result.completeExceptionally(e); // the next command that fails brings the next attempt
    }
  }

  private void take(Lines fresh) {
    Lines old = lines;
    fresh.connection().addListener(new Reconnects());
    fresh.hints().addListener(hints);
    lines = fresh;
    troubles.set(0);
    if (old != null) {
      old.hints().removeListener(hints);
      old.close();
    }
    if (closed) {
      fresh.close();
      throw NOT_CONNECTED;
    }
    channels.forEach(channel -> fresh.hints().async().subscribe(channel));
  }

  void subscribe(String channel) {
    if (channels.add(channel)) {
      Lines now = lines;
      if (now != null) {
        now.hints().async().subscribe(channel);
      }
    }
  }

  void unsubscribe(String channel) {
    if (channels.remove(channel)) {
      Lines now = lines;
      if (now != null) {
        now.hints().async().unsubscribe(channel);
      }
    }
  }

  void close() {
    closed = true;
    connector.shutdown();
    Lines now = lines;
    if (now != null) {
      now.close();
    }
  }

  /** Hears that Lettuce has reconnected by itself. */
  private final class Reconnects implements RedisConnectionStateListener {
    @Override
    public void onRedisConnected(RedisChannelHandler<?, ?> connection, SocketAddress address) {
      if (!closed) {
        connected.run();
      }
    }
  }
}
