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
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One non-blocking connection at a time, with or without TLS, and the way to get it. Used on the
 * loop's thread only.
 */
abstract class Wire implements IoLoop.Handler {
  private final Network network;
  private final IoLoop loop;
  private final @Nullable Security security;
  private @Nullable SocketChannel channel;
  private @Nullable SelectionKey key;
  private @Nullable Tls tls;
  private boolean shaking;
  // Whether another thread has the engine at the moment.
  private boolean computing;
  private boolean unsent;
  private String host = "";
  private int port;
  // Which connection attempt somebody works for; another one means it is not wanted.
  private long turn;

  Wire(Network network, @Nullable Security security) {
    this.network = network;
    this.loop = network.loop();
    this.security = security;
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
    network
        .resolver()
        .lookUp(
            host,
            address -> {
              if (mine == turn) {
                connect(host, address, port);
              }
            });
  }

  /** Connects to an address that is known; the name is what its certificate must be made out to. */
  final void connect(String name, InetSocketAddress address) {
    turn++;
    connect(name, address.getAddress(), address.getPort());
  }

  /**
   * Reads once; returns the number of bytes, which is 0 if they do not make a whole record, or -1
   * at the end.
   */
  final int read(ByteBuffer into, boolean asked) throws IOException {
    SocketChannel c = channel;
    Tls t = tls;
    if (c == null) {
      return -1;
    }
    try {
      return t == null ? c.read(into) : t.read(into);
    } catch (SSLException e) {
      if (asked) {
        throw e;
      }
      return -1;
    }
  }

  /** Returns whether there are bytes that the selector does not know of. */
  final boolean buffered() {
    Tls t = tls;
    return t != null && t.buffered();
  }

  /** Returns whether a part of what was written has not been sent. */
  final boolean unsent() {
    return unsent;
  }

  /** Writes what the socket takes and asks to be called for the rest. */
  final void write(ByteBuffer from) throws IOException {
    SocketChannel c = channel;
    SelectionKey k = key;
    Tls t = tls;
    if (c == null || k == null) {
      return;
    }
    if (t == null) {
      c.write(from);
      unsent = from.hasRemaining();
    } else {
      unsent = !t.write(from);
    }
    k.interestOps(unsent ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
  }

  /** Closes the connection, if there is one, and forgets a running attempt. */
  final void drop() {
    turn++;
    SocketChannel c = channel;
    Tls t = tls;
    boolean polite = !computing;
    channel = null;
    key = null;
    tls = null;
    shaking = false;
    computing = false;
    unsent = false;
    if (c == null) {
      return;
    }
    loop.closed();
    if (t != null && polite) {
      t.close();
    }
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
    } else if (shaking) {
      shake();
    } else {
      transfer(ready.isReadable());
    }
  }

  private void connect(String name, @Nullable InetAddress address, int number) {
    if (address == null) {
      notConnected(ProbeResult.failed(Failure.UNRESOLVED, "no address of " + name));
      return;
    }
    host = name;
    port = number;
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
    Security s = security;
    if (s == null) {
      k.interestOps(SelectionKey.OP_READ);
      connected();
    } else {
      secure(s, c, k);
    }
  }

  /** Makes the TLS engine on another thread: the first one reads files. */
  private void secure(Security s, SocketChannel c, SelectionKey k) {
    k.interestOps(0);
    long mine = turn;
    String name = host;
    int number = port;
    ByteBuffer records = loop.records();
    elsewhere(
        () -> {
          Tls made = new Tls(s.engine(name, number), c, records);
          loop.execute(
              () -> {
                if (mine == turn) {
                  tls = made;
                  shake();
                }
              });
        });
  }

  /** Runs a part of the handshake on another thread; if it fails, so does the connection. */
  private void elsewhere(Work work) {
    long mine = turn;
    shaking = true;
    computing = true;
    network
        .crypto()
        .execute(
            () -> {
              try {
                work.run();
              } catch (GeneralSecurityException | SSLException | RuntimeException e) {
                loop.execute(
                    () -> {
                      if (mine == turn) {
                        notSecured(e);
                      }
                    });
              }
            });
  }

  private void shake() {
    Tls t = tls;
    SelectionKey k = key;
    if (t == null || k == null) {
      return;
    }
    computing = false;
    try {
      switch (t.shake(loop.buffer)) {
        case READ -> k.interestOps(SelectionKey.OP_READ);
        case WRITE -> k.interestOps(SelectionKey.OP_WRITE);
        case COMPUTE -> {
          k.interestOps(0);
          long mine = turn;
          elsewhere(
              () -> {
                t.compute();
                loop.execute(
                    () -> {
                      if (mine == turn) {
                        shake();
                      }
                    });
              });
        }
        case NOTHING -> {
          shaking = false;
          k.interestOps(SelectionKey.OP_READ);
          connected();
        }
      }
    } catch (SSLException e) {
      notSecured(e);
    } catch (IOException e) {
      drop();
      notConnected(Failures.exchanging(e));
    }
  }

  private void notSecured(Exception e) {
    computing = false;
    drop();
    notConnected(Failures.securing(e));
  }

  private interface Work {
    void run() throws GeneralSecurityException, SSLException;
  }
}
