package io.spinforge.benchmarks.health;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * A server that answers every request with 200, on one thread; the other side of {@link
 * CheckerLoad}. Prints its port and ends with its standard input.
 */
final class Targets {
  private static final byte[] OK =
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);

  private Targets() {}

  /** Serves until the standard input ends. */
  public static void main(String[] args) throws IOException {
    Thread leash = new Thread(Targets::untilTheParentEnds, "leash");
    leash.setDaemon(true);
    leash.start();
    try (Selector selector = Selector.open();
        ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_024);
      listener.configureBlocking(false);
      listener.register(selector, SelectionKey.OP_ACCEPT);
      System.out.println(listener.socket().getLocalPort());
      ByteBuffer buffer = ByteBuffer.allocateDirect(4_096);
      while (true) {
        selector.select(key -> serve(key, selector, listener, buffer));
      }
    }
  }

  private static void serve(
      SelectionKey key, Selector selector, ServerSocketChannel listener, ByteBuffer buffer) {
    try {
      if (key.isAcceptable()) {
        for (SocketChannel c = listener.accept(); c != null; c = listener.accept()) {
          c.configureBlocking(false);
          c.register(selector, SelectionKey.OP_READ);
        }
        return;
      }
      SocketChannel c = (SocketChannel) key.channel();
      buffer.clear();
      // A request is small and comes in one piece.
      if (c.read(buffer) < 0) {
        c.close();
        return;
      }
      c.write(ByteBuffer.wrap(OK));
    } catch (IOException e) {
      key.cancel();
    }
  }

  private static void untilTheParentEnds() {
    try {
      while (System.in.read() >= 0) {
        // Nobody writes.
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      Runtime.getRuntime().halt(0);
    }
  }
}
