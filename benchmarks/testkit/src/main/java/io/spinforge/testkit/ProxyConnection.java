package io.spinforge.testkit;

import io.spinforge.testkit.FaultProxy.Direction;
import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * One connection through a {@link FaultProxy}. Each direction has a thread that reads and one that
 * writes, with a queue between them, so that a delay makes bytes late and not fewer. That an end
 * closed travels through the same queue, behind the bytes.
 */
final class ProxyConnection {

  private static final int CHUNK = 16 * 1024;
  private static final int CHUNKS = 256;
  private static final int CONNECT_MILLIS = 5_000;

  /** Bytes and the moment from which they may go on; an empty one is the end. */
  private static final class Chunk {
    final byte[] bytes;
    final long due;

    Chunk(byte[] bytes, long due) {
      this.bytes = bytes;
      this.due = due;
    }
  }

  private final Socket client;
  private final Socket server;
  private final ProxyFaults faults;
  private final Consumer<ProxyConnection> onEnd;
  private final AtomicBoolean open = new AtomicBoolean(true);

  /** Bytes of answers that may still be forwarded. */
  private final AtomicLong allowance;

  ProxyConnection(
      Socket client, Socket server, ProxyFaults faults, Consumer<ProxyConnection> onEnd) {
    this.client = client;
    this.server = server;
    this.faults = faults;
    this.onEnd = onEnd;
    this.allowance = new AtomicLong(faults.allowance());
  }

  /** Connects to the server and forwards; without a server the client is cut. */
  void start(int target) {
    thread("connect", () -> connect(target)).start();
  }

  /** Lets that many more bytes of answers through before the connection is cut. */
  void allow(long bytes) {
    allowance.set(bytes);
  }

  /** Resets both ends. */
  void cut() {
    if (open.compareAndSet(true, false)) {
      reset(client);
      reset(server);
      faults.wake();
      onEnd.accept(this);
    }
  }

  private void connect(int target) {
    try {
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      server.connect(Ports.address(target), CONNECT_MILLIS);
    } catch (IOException e) {
      cut();
      return;
    }
    pump(Direction.REQUESTS, client, server);
    pump(Direction.ANSWERS, server, client);
  }

  private void pump(Direction direction, Socket from, Socket to) {
    BlockingQueue<Chunk> queue = new ArrayBlockingQueue<>(CHUNKS);
    thread(direction + "-read", () -> read(direction, from, queue)).start();
    thread(direction + "-write", () -> write(direction, to, queue)).start();
  }

  private void read(Direction direction, Socket from, BlockingQueue<Chunk> queue) {
    byte[] buffer = new byte[CHUNK];
    try {
      int n = 0;
      while (n >= 0) {
        n = readOrEnd(from, buffer);
        long due = System.nanoTime() + faults.delayOf(direction);
        Chunk chunk = new Chunk(Arrays.copyOf(buffer, Math.max(n, 0)), due);
        while (!queue.offer(chunk, 100, TimeUnit.MILLISECONDS)) {
          if (!open.get()) {
            return;
          }
        }
      }
    } catch (InterruptedException e) {
      cut();
    }
  }

  private static int readOrEnd(Socket from, byte[] buffer) {
    try {
      return from.getInputStream().read(buffer);
    } catch (IOException e) {
      return -1; // The other side learns it when the bytes before it have gone through.
    }
  }

  private void write(Direction direction, Socket to, BlockingQueue<Chunk> queue) {
    try {
      while (open.get()) {
        Chunk chunk = queue.take();
        TimeUnit.NANOSECONDS.sleep(chunk.due - System.nanoTime());
        faults.awaitPassage(direction, open::get);
        if (chunk.bytes.length == 0) {
          to.shutdownOutput();
          break;
        }
        forward(direction, to, chunk.bytes);
      }
      endWhenBothWaysAreShut();
    } catch (IOException | InterruptedException e) {
      cut();
    }
  }

  private void forward(Direction direction, Socket to, byte[] bytes) throws IOException {
    long left =
        direction == Direction.ANSWERS ? allowance.getAndAdd(-bytes.length) : Long.MAX_VALUE;
    to.getOutputStream().write(bytes, 0, (int) Math.min(left, bytes.length));
    if (left <= bytes.length) {
      close();
    }
  }

  private void endWhenBothWaysAreShut() throws IOException {
    if (client.isOutputShutdown() && server.isOutputShutdown()) {
      close();
    }
  }

  /** Closes both ends in order: what was forwarded arrives. */
  private void close() throws IOException {
    if (open.compareAndSet(true, false)) {
      client.close();
      server.close();
      faults.wake();
      onEnd.accept(this);
    }
  }

  /** Closes with a reset instead of an orderly end. */
  private static void reset(Socket socket) {
    try (socket) {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // Closed already.
    }
  }

  private Thread thread(String job, Runnable body) {
    Thread thread =
        new Thread(body, "spinforge-testkit-proxy-" + client.getLocalPort() + "-" + job);
    thread.setDaemon(true);
    return thread;
  }
}
