package io.spinforge.health.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/**
 * TLS over one non-blocking connection. Used on the loop's thread, but for {@link #compute()}.
 *
 * <p>The loop's buffers are shared by all connections. What is left in them between two turns, part
 * of a record mostly, is kept here in an array of its size: an idle connection has none.
 */
final class Tls {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final byte[] NONE = new byte[0];

  /** What the handshake waits for. */
  enum Need {
    READ,
    WRITE,
    COMPUTE,
    NOTHING
  }

  private final SSLEngine engine;
  private final SocketChannel channel;
  private final ByteBuffer net;
  private byte[] received = NONE;
  private byte[] unsent = NONE;
  private boolean ended;

  /**
   * Wraps a connection.
   *
   * @param net a buffer for records, shared by all connections of the loop
   */
  Tls(SSLEngine engine, SocketChannel channel, ByteBuffer net) throws SSLException {
    this.engine = engine;
    this.channel = channel;
    this.net = net;
    engine.beginHandshake();
  }

  /** Goes on with the handshake as far as it goes now. */
  Need shake(ByteBuffer scratch) throws IOException {
    while (true) {
      if (!flush()) {
        return Need.WRITE;
      }
      HandshakeStatus status = engine.getHandshakeStatus();
      if (status == HandshakeStatus.NEED_TASK) {
        return Need.COMPUTE;
      }
      if (status == HandshakeStatus.NEED_WRAP) {
        wrap(NOTHING);
      } else if (status == HandshakeStatus.NEED_UNWRAP) {
        scratch.clear();
        SSLEngineResult result = fill() < 0 ? null : unwrap(scratch);
        if (result == null || result.getStatus() == Status.CLOSED) {
          throw new SSLException("closed during the handshake");
        }
        if (result.getStatus() == Status.BUFFER_UNDERFLOW) {
          return Need.READ;
        }
      } else {
        return Need.NOTHING;
      }
    }
  }

  /** Does the arithmetic that the handshake waits for; on any thread, one at a time. */
  void compute() {
    for (Runnable task = engine.getDelegatedTask(); task != null; ) {
      task.run();
      task = engine.getDelegatedTask();
    }
  }

  /** Returns whether bytes have been received that were not read yet. */
  boolean buffered() {
    return received.length > 0;
  }

  /** Reads what one record holds; 0: no complete record yet; -1: the end. */
  int read(ByteBuffer into) throws IOException {
    int before = into.position();
    boolean end = fill() < 0;
    while (into.position() == before) {
      SSLEngineResult result = unwrap(into);
      if (result.getStatus() == Status.CLOSED) {
        return -1;
      }
      answer();
      if (result.getStatus() != Status.OK) {
        // Part of a record is lost if the stream ends here.
        return end ? -1 : 0;
      }
    }
    ended = end;
    return into.position() - before;
  }

  /** Writes all of it, or keeps what the socket does not take; returns whether all is sent. */
  boolean write(ByteBuffer from) throws IOException {
    boolean sent = flush();
    while (sent && from.hasRemaining()) {
      wrap(from);
      sent = flush();
    }
    return sent;
  }

  /** Says goodbye, if the socket takes it at once. */
  void close() {
    engine.closeOutbound();
    try {
      if (unsent.length == 0 && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
        wrap(NOTHING);
        flush();
      }
    } catch (IOException e) {
      // The connection is closed anyway.
    }
  }

  /** Adds what the socket has to what was received; returns -1 at the end of the stream. */
  private int fill() throws IOException {
    if (ended) {
      return -1;
    }
    net.clear();
    net.put(received);
    int n = channel.read(net);
    net.flip();
    keep();
    return n;
  }

  private SSLEngineResult unwrap(ByteBuffer into) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(received);
    SSLEngineResult result = engine.unwrap(in, into);
    net.clear();
    net.put(in);
    net.flip();
    keep();
    return result;
  }

  private void keep() {
    received = net.hasRemaining() ? new byte[net.remaining()] : NONE;
    net.get(received);
  }

  /** Answers what the other side may ask for after the handshake, new keys for example. */
  private void answer() throws IOException {
    HandshakeStatus status = engine.getHandshakeStatus();
    for (int i = 0; i < 4 && status != HandshakeStatus.NOT_HANDSHAKING; i++) {
      if (status == HandshakeStatus.NEED_TASK) {
        compute();
      } else if (status == HandshakeStatus.NEED_WRAP) {
        wrap(NOTHING);
        flush();
      } else {
        return;
      }
      status = engine.getHandshakeStatus();
    }
  }

  private void wrap(ByteBuffer from) throws IOException {
    net.clear();
    SSLEngineResult result = engine.wrap(from, net);
    net.flip();
    if (result.getStatus() == Status.CLOSED && !net.hasRemaining()) {
      throw new SSLException("closed");
    }
    unsent = new byte[net.remaining()];
    net.get(unsent);
  }

  /** Sends what is left; returns whether all is sent. */
  private boolean flush() throws IOException {
    if (unsent.length > 0) {
      ByteBuffer rest = ByteBuffer.wrap(unsent);
      channel.write(rest);
      byte[] left = rest.hasRemaining() ? new byte[rest.remaining()] : NONE;
      rest.get(left);
      unsent = left;
    }
    return unsent.length == 0;
  }
}
