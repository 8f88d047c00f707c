package io.spinforge.health.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection over the loopback, from the loop to itself: what goes over it slowly was slowed
 * by this process or this host, never by a target. Used on the loop's thread only.
 *
 * <p>The port is open for the moment in which the connection is made, and only that connection is
 * accepted. A host without a usable loopback has no canary; then nothing is told.
 */
public final class Canary implements IoLoop.Handler {
  private static final int MOST_STRANGERS = 8;
  private static final int MOST_FAILURES = 3;

  private final IoLoop loop;
  private final ByteBuffer bytes = ByteBuffer.allocate(16);
  private @Nullable SocketChannel near;
  private @Nullable SocketChannel far;
  private boolean waiting;
  private long sentAt;
  private long took = -1;
  private int failures;

  /** Opens nothing yet. */
  public Canary(IoLoop loop) {
    this.loop = loop;
  }

  /** Sends a byte, or, while the last one has not come, tells for how long it has not. */
  public void send() {
    if (waiting) {
      took = loop.now() - sentAt;
      return;
    }
    try {
      SocketChannel channel = near == null ? open() : near;
      if (channel != null) {
        bytes.clear().limit(1);
        sentAt = loop.now();
        waiting = channel.write(bytes) == 1;
      }
    } catch (IOException e) {
      failures++;
      close();
    }
  }

  /** Returns how long the last byte took in nanoseconds, once; -1: nothing new. */
  public long take() {
    long nanos = took;
    took = -1;
    return nanos;
  }

  @Override
  public void ready(SelectionKey key) {
    SocketChannel channel = far;
    if (channel == null) {
      return;
    }
    try {
      bytes.clear();
      if (channel.read(bytes) < 0) {
        throw new IOException("closed");
      }
      if (waiting) {
        waiting = false;
        took = loop.now() - sentAt;
      }
    } catch (IOException e) {
      failures++;
      close();
    }
  }

  /** Closes the connection. */
  public void close() {
    close(near);
    close(far);
    near = null;
    far = null;
    waiting = false;
  }

  private @Nullable SocketChannel open() throws IOException {
    if (failures >= MOST_FAILURES) {
      return null;
    }
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(loopback, 0), MOST_STRANGERS);
      SocketChannel made = SocketChannel.open();
      near = made;
      made.connect(listener.getLocalAddress());
      // Whoever has connected waits in the backlog by now.
      listener.configureBlocking(false);
      for (int i = 0; i < MOST_STRANGERS && far == null; i++) {
        SocketChannel accepted = listener.accept();
        if (accepted != null && made.getLocalAddress().equals(accepted.getRemoteAddress())) {
          far = accepted;
        } else {
          close(accepted);
        }
      }
      SocketChannel other = far;
      if (other == null) {
        throw new IOException("own connection not accepted");
      }
      made.configureBlocking(false);
      other.configureBlocking(false);
      other.register(loop.selector(), SelectionKey.OP_READ, this);
      return made;
    }
  }

  private static void close(@Nullable SocketChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // The descriptor is gone all the same.
    }
  }
}
