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
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.StringJoiner;

/**
 * A server that answers every request with 200, on one thread; the other side of the checkers here.
 * Prints its ports and ends with its standard input.
 */
final class Targets {
  private static final byte[] OK =
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);

  private final Selector selector;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(4_096);
  private final long delayNanos;
  // In the order of their times, because each waits for as long as any other.
  private final Deque<Pending> pending = new ArrayDeque<>();

  private Targets(Selector selector, Duration delay) {
    this.selector = selector;
    this.delayNanos = delay.toNanos();
  }

  private record Pending(long at, SocketChannel to) {}

  /** Serves until the standard input ends; takes the number of ports and milliseconds a reply. */
  public static void main(String[] args) throws IOException {
    int ports = args.length > 0 ? Integer.parseInt(args[0]) : 1;
    long millis = args.length > 1 ? Long.parseLong(args[1]) : 0;
    Thread leash = new Thread(Targets::untilTheParentEnds, "leash");
    leash.setDaemon(true);
    leash.start();
    try (Selector selector = Selector.open()) {
      StringJoiner opened = new StringJoiner(" ");
      for (int i = 0; i < ports; i++) {
        opened.add(Integer.toString(open(selector)));
      }
      System.out.println(opened);
      new Targets(selector, Duration.ofMillis(millis)).serve();
    }
  }

  private static int open(Selector selector) throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_024);
    listener.configureBlocking(false);
    listener.register(selector, SelectionKey.OP_ACCEPT);
    return listener.socket().getLocalPort();
  }

  private void serve() throws IOException {
    while (true) {
      Pending first = pending.peek();
      if (first == null) {
        selector.select(this::serve);
      } else {
        long millis = (first.at - System.nanoTime()) / 1_000_000;
        selector.select(this::serve, Math.max(1, millis));
      }
      long now = System.nanoTime();
      for (Pending p = pending.peek(); p != null && p.at - now <= 0; p = pending.peek()) {
        pending.remove();
        answer(p.to);
      }
    }
  }

  private void serve(SelectionKey key) {
    try {
      if (key.isAcceptable()) {
        accept((ServerSocketChannel) key.channel());
        return;
      }
      SocketChannel c = (SocketChannel) key.channel();
      buffer.clear();
      // A request is small and comes in one piece.
      if (c.read(buffer) < 0) {
        c.close();
      } else if (delayNanos == 0) {
        answer(c);
      } else {
        pending.add(new Pending(System.nanoTime() + delayNanos, c));
      }
    } catch (IOException e) {
      key.cancel();
    }
  }

  private void accept(ServerSocketChannel listener) throws IOException {
    for (SocketChannel c = listener.accept(); c != null; c = listener.accept()) {
      c.configureBlocking(false);
      c.register(selector, SelectionKey.OP_READ);
    }
  }

  private static void answer(SocketChannel c) {
    try {
      c.write(ByteBuffer.wrap(OK));
    } catch (IOException e) {
      // Who asked has gone.
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
