package io.spinforge.health.engine;

import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.ProbeResult;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** One non-blocking connection at a time, and the way to get it. Used on the loop's thread only. */
abstract class Wire implements IoLoop.Handler {
  private final IoLoop loop;
  private final Resolver resolver;
  private @Nullable SocketChannel channel;
  private @Nullable SelectionKey key;
  // Which connection attempt an address is looked up for; another one means it is not wanted.
  private long turn;

  Wire(IoLoop loop, Resolver resolver) {
    this.loop = loop;
    this.resolver = resolver;
  }

  /** The connection is there. */
  abstract void connected();

  /** The connection could not be made. */
  abstract void notConnected(ProbeResult why);

  /** There are bytes, or there is room for bytes. */
  abstract void transfer(boolean readable);

  final boolean open() {
    return channel != null;
  }

  /** Connects to a host; {@link #connected} or {@link #notConnected} tells, now or later. */
  final void connect(String host, int port) {
    long mine = ++turn;
    resolver.lookUp(
        host,
        address -> {
          if (mine == turn) {
            connect(host, address, port);
          }
        });
  }

  /** Reads once; returns the number of bytes, or -1 at the end. */
  final int read(ByteBuffer into) throws IOException {
    SocketChannel c = channel;
    return c == null ? -1 : c.read(into);
  }

  /** Writes what the socket takes and asks to be called for the rest. */
  final void write(ByteBuffer from) throws IOException {
    SocketChannel c = channel;
    SelectionKey k = key;
    if (c == null || k == null) {
      return;
    }
    c.write(from);
    k.interestOps(
        from.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
  }

  /** Closes the connection, if there is one, and forgets a running attempt. */
  final void drop() {
    turn++;
    SocketChannel c = channel;
    channel = null;
    key = null;
    if (c == null) {
      return;
    }
    loop.closed();
    try {
      c.close();
    } catch (IOException e) {
      // The descriptor is gone all the same.
    }
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // keys have no other identity
  public final void ready(SelectionKey ready) {
    if (ready != key || !ready.isValid()) {
      return;
    }
    if (ready.isConnectable()) {
      finishConnect();
    } else {
      transfer(ready.isReadable());
    }
  }

  private void connect(String host, @Nullable InetAddress address, int port) {
    if (address == null) {
      notConnected(ProbeResult.failed(Failure.UNRESOLVED, "no address of " + host));
      return;
    }
    SocketChannel c;
    try {
      c = SocketChannel.open();
    } catch (IOException e) {
      notConnected(ProbeResult.inconclusive("no socket: " + e.getMessage()));
      return;
    }
    channel = c;
    loop.opened();
    try {
      c.configureBlocking(false);
      c.setOption(StandardSocketOptions.TCP_NODELAY, true);
      boolean done = c.connect(new InetSocketAddress(address, port));
      key = c.register(loop.selector(), done ? 0 : SelectionKey.OP_CONNECT, this);
      if (done) {
        established();
      }
    } catch (IOException | RuntimeException e) {
      drop();
      notConnected(Failures.connecting(e));
    }
  }

  private void finishConnect() {
    SocketChannel c = channel;
    try {
      if (c != null && c.finishConnect()) {
        established();
      }
    } catch (IOException e) {
      drop();
      notConnected(Failures.connecting(e));
    }
  }

  private void established() throws IOException {
    SocketChannel c = channel;
    SelectionKey k = key;
    if (c == null || k == null) {
      return;
    }
    // On one host the kernel may pick the port we connect to as our own port: then we have
    // connected to ourselves, which proves that nobody listens there (TCP simultaneous open).
    if (c.getLocalAddress().equals(c.getRemoteAddress())) {
      drop();
      notConnected(ProbeResult.failed(Failure.REFUSED, "connection refused"));
      return;
    }
    k.interestOps(SelectionKey.OP_READ);
    connected();
  }
}
