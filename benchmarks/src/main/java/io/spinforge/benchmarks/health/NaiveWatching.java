package io.spinforge.benchmarks.health;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A checker as it is first written: one thread that fires the timers that are due, looks at its
 * sockets, and begins again. Connections are kept, rounds are spread, failures in a row are
 * counted. It knows nothing of its own lateness.
 */
final class NaiveWatching implements Watching {
  private static final ByteBuffer REQUEST =
      ByteBuffer.wrap(
          "GET /health HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

  private final Settings settings;
  private final BiConsumer<URI, Boolean> changed;
  private final Selector selector;
  private final Set<URI> offered = ConcurrentHashMap.newKeySet();
  // Nobody's time changes while it is in here.
  private final TreeSet<Target> timers =
      new TreeSet<>(
          Comparator.comparingLong((Target target) -> target.due)
              .thenComparingInt(target -> target.number));
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(4_096);
  private volatile boolean closed;

  NaiveWatching(Settings settings, List<URI> targets, BiConsumer<URI, Boolean> changed) {
    this.settings = settings;
    this.changed = changed;
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    long now = System.nanoTime();
    long spacing = settings.intervalMillis() * 1_000_000 / targets.size();
    for (int i = 0; i < targets.size(); i++) {
      timers.add(new Target(i, targets.get(i), now + i * spacing));
    }
    Thread thread = new Thread(this::run, "naive-checker");
    thread.setDaemon(true);
    thread.start();
  }

  private static final class Target {
    final int number;
    final URI uri;
    long due;
    long round;
    boolean waiting;
    boolean fit;
    int failures;
    @Nullable SocketChannel channel;

    Target(int number, URI uri, long due) {
      this.number = number;
      this.uri = uri;
      this.due = due;
      this.round = due;
    }
  }

  @Override
  public Collection<URI> offered() {
    return List.copyOf(offered);
  }

  @Override
  public void close() {
    closed = true;
    selector.wakeup();
  }

  private void run() {
    try (selector) {
      while (!closed) {
        long now = System.nanoTime();
        while (timers.first().due - now <= 0) {
          fire(timers.pollFirst(), now);
        }
        long millis = (timers.first().due - System.nanoTime()) / 1_000_000;
        selector.select(this::ready, Math.max(1, millis));
      }
      for (SelectionKey key : new ArrayList<>(selector.keys())) {
        key.channel().close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void fire(Target t, long now) {
    if (t.waiting) {
      ended(t, false);
      return;
    }
    t.waiting = true;
    t.round = now;
    t.due = now + settings.timeoutMillis() * 1_000_000;
    timers.add(t);
    try {
      SocketChannel c = t.channel;
      if (c != null) {
        c.write(REQUEST.duplicate());
      } else {
        c = SocketChannel.open();
        t.channel = c;
        c.configureBlocking(false);
        c.register(selector, SelectionKey.OP_CONNECT, t);
        c.connect(new InetSocketAddress(t.uri.getHost(), t.uri.getPort()));
      }
    } catch (IOException e) {
      ended(t, false);
    }
  }

  private void ready(SelectionKey key) {
    Target t = (Target) key.attachment();
    SocketChannel c = (SocketChannel) key.channel();
    try {
      if (key.isConnectable()) {
        c.finishConnect();
        key.interestOps(SelectionKey.OP_READ);
        c.write(REQUEST.duplicate());
        return;
      }
      buffer.clear();
      if (c.read(buffer) < 0) {
        throw new IOException("closed");
      }
      if (t.waiting) {
        // An answer is small and comes in one piece.
        ended(t, buffer.get(9) == '2');
      }
    } catch (IOException e) {
      if (t.waiting) {
        ended(t, false);
      } else {
        drop(t);
      }
    }
  }

  private void ended(Target t, boolean passed) {
    timers.remove(t);
    t.waiting = false;
    t.due = t.round + settings.intervalMillis() * 1_000_000;
    timers.add(t);
    t.failures = passed ? 0 : t.failures + 1;
    if (!passed) {
      drop(t);
    }
    boolean fit = passed || (t.fit && t.failures < settings.fall());
    if (fit != t.fit) {
      t.fit = fit;
      boolean unused = fit ? offered.add(t.uri) : offered.remove(t.uri);
      changed.accept(t.uri, fit);
    }
  }

  private static void drop(Target t) {
    SocketChannel c = t.channel;
    t.channel = null;
    try {
      if (c != null) {
        c.close();
      }
    } catch (IOException e) {
      // The descriptor is gone all the same.
    }
  }
}
