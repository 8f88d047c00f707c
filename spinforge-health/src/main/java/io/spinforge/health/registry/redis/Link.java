package io.spinforge.health.registry.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.async.BaseRedisAsyncCommands;
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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a store connected. Lettuce reconnects by itself, but by the host's delays, which grow to
 * half a minute, and it cannot see a connection that is open and dead. So when commands fail, new
 * connections are opened on a thread of their own, one attempt at a time, and take the place of the
 * old ones. Thread-safe.
 */
final class Link {
  private static final int TROUBLES = 3;

  private final Lines.Opener opener;
  private final RedisPubSubListener<String, String> hints;
  private final Runnable connected;
  private final ExecutorService connector;
  private final Set<String> channels = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean opening = new AtomicBoolean();
  // The attempt under way or the last one that ended; written by whoever set opening.
  private volatile CompletableFuture<Lines> attempt =
      CompletableFuture.failedFuture(notConnected());
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
  CompletableFuture<BaseRedisAsyncCommands<String, String>> commands() {
    Lines now = lines;
    if (now != null && now.isOpen()) {
      return CompletableFuture.completedFuture(now.commands());
    }
    return attempt.thenApply(Link::live);
  }

  private static BaseRedisAsyncCommands<String, String> live(Lines lines) {
    if (!lines.isOpen()) {
      throw notConnected();
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
    if (closed || !opening.compareAndSet(false, true)) {
      return;
    }
    CompletableFuture<Lines> next = new CompletableFuture<>();
    attempt = next;
    try {
      connector.execute(() -> open(next));
    } catch (RejectedExecutionException e) {
      opening.set(false);
      next.completeExceptionally(notConnected());
    }
  }

  private void open(CompletableFuture<Lines> result) {
    try {
      Lines fresh = opener.open();
      take(fresh);
      opening.set(false);
      result.complete(fresh);
      connected.run();
    } catch (RuntimeException e) {
      opening.set(false);
      result.completeExceptionally(e); // the next command that fails brings the next attempt
    }
  }

  private static RedisConnectionException notConnected() {
    return new RedisConnectionException("not connected");
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
      throw notConnected();
    }
    channels.forEach(channel -> subscribe(fresh, channel));
  }

  void subscribe(String channel) {
    if (channels.add(channel)) {
      Lines now = lines;
      if (now != null) {
        subscribe(now, channel);
      }
    }
  }

  private static void subscribe(Lines on, String channel) {
    // What a hint would have told is asked for anyway, so a refusal costs time only.
    var unused = on.hints().async().subscribe(channel);
  }

  void unsubscribe(String channel) {
    if (channels.remove(channel)) {
      Lines now = lines;
      if (now != null) {
        var unused = now.hints().async().unsubscribe(channel);
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
