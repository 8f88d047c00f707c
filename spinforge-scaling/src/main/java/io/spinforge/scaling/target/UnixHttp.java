package io.spinforge.scaling.target;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 call (RFC 9112) per connection over a Unix socket, for the JDK's client knows none.
 * Once connected, a call ends within the timeout, its body included; an answer that is not whole is
 * an error. Connecting waits for the engine to have room, until an interrupt. No thread of its own;
 * stateless, so thread-safe.
 */
final class UnixHttp {
  private final Path socket;
  private final Duration timeout;

  UnixHttp(Path socket, Duration timeout) {
    this.socket = socket;
    this.timeout = timeout;
  }

  Answer get(String path) throws IOException {
    return call("GET", path, null);
  }

  Answer post(String path, byte[] json) throws IOException {
    return call("POST", path, json);
  }

  /**
   * Returns the whole answer, whatever its status.
   *
   * @throws NotSentException if there was no connection
   * @throws IOException if there was no whole answer
   */
  private Answer call(String method, String path, byte @Nullable [] json) throws IOException {
    String what = method + " " + socket + path;
    try (Wire wire = open(what)) {
      wire.write(head(method, path, json));
      if (json != null) {
        wire.write(json);
      }
      HttpAnswer answer = HttpAnswer.read(wire::read);
      return new Answer(what, answer.status(), answer.body());
    } catch (NotSentException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(what + ": " + e.getMessage(), e);
    }
  }

  private Wire open(String what) throws NotSentException {
    try {
      return new Wire(socket, timeout);
    } catch (IOException e) {
      throw new NotSentException(what + ": no connection: " + e, e);
    }
  }

  private static byte[] head(String method, String path, byte @Nullable [] json) {
    String head =
        method
            + " "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + "Accept: application/json\r\n"
            + (json == null
                ? ""
                : "Content-Type: application/json\r\nContent-Length: " + json.length + "\r\n")
            + "\r\n";
    return head.getBytes(StandardCharsets.US_ASCII);
  }

  /** A connection that waits no longer than until its deadline. Not thread-safe. */
  private static final class Wire implements AutoCloseable {
    private final SocketChannel channel;
    private final Selector selector;
    private final Duration timeout;
    private final long deadline;
    private final ByteBuffer in = ByteBuffer.allocate(8192).flip();

    Wire(Path socket, Duration timeout) throws IOException {
      this.timeout = timeout;
      deadline = System.nanoTime() + timeout.toNanos();
      channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
      try {
        channel.configureBlocking(false);
        selector = Selector.open();
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    }

    void write(byte[] bytes) throws IOException {
      ByteBuffer out = ByteBuffer.wrap(bytes);
      while (out.hasRemaining()) {
        if (channel.write(out) == 0) {
          await(SelectionKey.OP_WRITE);
        }
      }
    }

    /** Returns the next byte, or −1 at the end. */
    int read() throws IOException {
      while (!in.hasRemaining()) {
        in.clear();
        int count = channel.read(in);
        in.flip();
        if (count < 0) {
          return -1;
        }
        if (count == 0) {
          await(SelectionKey.OP_READ);
        }
      }
      return in.get() & 0xff;
    }

    private void await(int operation) throws IOException {
      channel.register(selector, operation);
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw new IOException("no whole answer within " + timeout);
      }
      selector.select(left);
      selector.selectedKeys().clear();
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("interrupted");
      }
    }

    @Override
    public void close() throws IOException {
      selector.close();
      channel.close();
    }
  }
}
