package io.spinforge.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Picks loopback ports below the range from which systems take the ports of outgoing connections.
 * That matters for a server that is stopped and started again: a port of the outgoing range could
 * be taken meanwhile by any connection, and a client that keeps connecting to a closed port of that
 * range sooner or later connects to itself.
 *
 * <p>A port that was free a moment ago may be taken now, so whoever starts a server on one checks
 * that the server is up and its own, and asks for another port if not.
 */
final class Ports {

  static final String LOOPBACK = "127.0.0.1";

  private static final int LOWEST = 10_240;
  private static final int HIGHEST = 21_999;
  private static final int ATTEMPTS = 200;

  private Ports() {}

  /** Returns the address of a port of the loopback, without asking a resolver. */
  static InetSocketAddress address(int port) throws IOException {
    return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
  }

  /** Returns a port that is free now, as is the one {@code offset} above it. */
  static int pick(int offset) {
    for (int i = 0; i < ATTEMPTS; i++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST + 1);
      if (isFree(port) && (offset == 0 || isFree(port + offset))) {
        return port;
      }
    }
    throw new IllegalStateException("no free port between " + LOWEST + " and " + HIGHEST);
  }

  /** Opens a listening socket on a free port. */
  static ServerSocket listen() throws IOException {
    for (int i = 0; ; i++) {
      try {
        return bind(pick(0));
      } catch (IOException e) {
        if (i == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = bind(port)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private static ServerSocket bind(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.setReuseAddress(true);
      socket.bind(address(port), 128);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}
