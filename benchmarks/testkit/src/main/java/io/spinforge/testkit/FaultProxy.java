package io.spinforge.testkit;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A TCP proxy on the loopback in front of a server of the loopback, which misbehaves as networks
 * do. Faults add up until {@link #heal}. Bytes are never lost or reordered within a connection:
 * what a half-open proxy holds back goes through when it is healed, as TCP would send it again.
 * Thread-safe.
 */
public final class FaultProxy implements AutoCloseable {

  /** Which way bytes go. */
  public enum Direction {
    /** From the client to the server. */
    REQUESTS,
    /** From the server to the client. */
    ANSWERS
  }

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final ServerSocket listener;
  private final int target;
  private final Thread acceptor;
  private final ProxyFaults faults = new ProxyFaults();
  private final Set<ProxyConnection> connections = ConcurrentHashMap.newKeySet();

  private FaultProxy(ServerSocket listener, int target) {
    this.listener = listener;
    this.target = target;
    this.acceptor = new Thread(this::accept, "spinforge-testkit-proxy-" + port());
    acceptor.setDaemon(true);
  }

  /** Starts a proxy to a port of the loopback, where a server may or may not listen. */
  public static FaultProxy to(int port) {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
    }
    try {
      FaultProxy proxy = new FaultProxy(Ports.listen(), port);
      proxy.acceptor.start();
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException("the proxy cannot listen", e);
    }
  }

  /** Returns the port to connect to instead of the server's. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Delays all answers by {@code delay}, without making the connection narrower. */
  public void delay(Duration delay) {
    delay(Direction.ANSWERS, delay);
  }

  /** Delays all bytes of a direction by {@code delay}, without making the connection narrower. */
  public void delay(Direction direction, Duration delay) {
    requireNonNull(direction, "direction");
    if (requireNonNull(delay, "delay").isNegative()) {
      throw new IllegalArgumentException("delay: " + delay + " (expected: >= 0)");
    }
    faults.delay(direction, delay.toNanos());
  }

  /** Resets all connections that are open now; new ones are served. */
  public void cut() {
    connections.forEach(ProxyConnection::cut);
  }

  /** Closes new connections at once, before any byte; those that are open stay. */
  public void refuse() {
    faults.refuse();
  }

  /** Accepts connections and forwards nothing more, not even that an end closed. */
  public void halfOpen() {
    halfOpen(Direction.REQUESTS);
    halfOpen(Direction.ANSWERS);
  }

  /**
   * Forwards nothing more in one direction. With {@link Direction#ANSWERS} the server does what it
   * is asked for, and the client never learns it.
   */
  public void halfOpen(Direction direction) {
    faults.hold(requireNonNull(direction, "direction"));
  }

  /**
   * Closes every connection, old or new, when it has forwarded {@code bytes} more bytes of answers,
   * also within an answer; those bytes arrive.
   */
  public void cutAfter(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes: " + bytes + " (expected: >= 0)");
    }
    faults.cutAfter(bytes);
    connections.forEach(connection -> connection.allow(bytes));
  }

  /** Ends all faults; what was held back goes through. */
  public void heal() {
    faults.heal();
    connections.forEach(connection -> connection.allow(Long.MAX_VALUE));
  }

  /** Returns how many connections are open. */
  public int connections() {
    return connections.size();
  }

  /** Closes the proxy and all its connections: when this returns, nobody listens on the port. */
  @Override
  public void close() {
    try {
      listener.close();
      // The kernel keeps the port open for as long as the acceptor is inside of accept().
      acceptor.join(PATIENCE.toMillis());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      connections.forEach(ProxyConnection::cut);
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        if (faults.isRefusing()) {
          client.close();
        } else {
          connect(client);
        }
      } catch (IOException e) {
        // Closed, or the client was gone before it was accepted: the loop tells which.
      }
    }
  }

  private void connect(Socket client) throws IOException {
    Socket server = new Socket();
    ProxyConnection connection = new ProxyConnection(client, server, faults, connections::remove);
    connections.add(connection);
    connection.start(target);
    if (listener.isClosed()) {
      connection.cut();
    }
  }
}
