package io.spinforge.health.engine;

import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.ProbeResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One request and one answer a probe, on one connection that is kept between probes.
 *
 * <p>A kept connection that ends before the first byte of an answer may have been closed by the
 * server just when the request was sent; the request is sent once more on a new connection (RFC
 * 9112, 9.3.1). One that ends between probes is told as {@link Reply#idleClosed}.
 *
 * @param <A> what a target is probed at
 */
abstract class KeptExchange<A> extends Wire implements Session<A> {
  private final IoLoop loop;
  private final Reply reply;
  private final String host;
  private final int port;
  private ByteBuffer request = ByteBuffer.allocate(0);
  private long attempt;
  private boolean active;
  private boolean reused;
  private long idleSince;

  KeptExchange(Network network, @Nullable Security security, String host, int port, Reply reply) {
    super(network, security);
    this.loop = network.loop();
    this.reply = reply;
    this.host = host;
    this.port = port;
  }

  /** Makes ready for an answer and returns the request, on a new connection or a kept one. */
  abstract ByteBuffer request(boolean fresh);

  /** Reads on; null: the answer is not complete. */
  abstract @Nullable ProbeResult read(ByteBuffer in);

  /** The stream has ended before the answer was complete, or with it. */
  abstract ProbeResult end();

  /** Returns whether any byte of the answer has come. */
  abstract boolean begun();

  /** Returns whether the connection can carry another exchange after this answer. */
  abstract boolean reusable();

  @Override
  public final void start(long newAttempt, long timeoutNanos) {
    attempt = newAttempt;
    active = true;
    reused = open();
    request = request(!reused);
    if (reused) {
      send();
    } else {
      connect(host, port);
    }
  }

  @Override
  public final void expire(long expired) {
    String what = open() ? "no complete answer in time" : "no connection in time";
    active = false;
    drop();
    reply.result(expired, ProbeResult.failed(Failure.TIMEOUT, what));
  }

  @Override
  public final boolean retarget(A target) {
    return false;
  }

  @Override
  public final void close() {
    active = false;
    drop();
  }

  @Override
  final void connected() {
    send();
  }

  @Override
  final void notConnected(ProbeResult why) {
    end(why);
  }

  @Override
  final void transfer(boolean readable) {
    try {
      if (request.hasRemaining() || unsent()) {
        write(request);
      }
      if (readable) {
        receive();
      }
    } catch (IOException e) {
      broken(e);
    }
  }

  private void send() {
    try {
      write(request);
    } catch (IOException e) {
      broken(e);
    }
  }

  private void receive() throws IOException {
    ByteBuffer in = loop.buffer;
    do {
      in.clear();
      int n = read(in, active);
      in.flip();
      if (n == 0) {
        // Part of a TLS record, or one that carries no data.
        return;
      }
      if (!active) {
        idleClosed();
        return;
      }
      ProbeResult result = n < 0 ? null : read(in);
      if (result != null) {
        boolean keep = reusable() && !in.hasRemaining() && !buffered() && !request.hasRemaining();
        if (!keep) {
          drop();
        }
        end(result);
        return;
      }
      if (n < 0) {
        if (!again()) {
          drop();
          end(end());
        }
        return;
      }
    } while (buffered());
  }

  /** Something has come, or the end, though nothing was asked for: of no use any more. */
  private void idleClosed() {
    drop();
    reply.idleClosed(loop.now() - idleSince);
  }

  private void broken(IOException e) {
    if (!active) {
      idleClosed();
    } else if (!again()) {
      drop();
      end(Failures.exchanging(e));
    }
  }

  /** Starts once more on a new connection, if the old one was kept and nothing came on it. */
  private boolean again() {
    if (!reused || begun()) {
      return false;
    }
    drop();
    reused = false;
    request = request(true);
    connect(host, port);
    return true;
  }

  private void end(ProbeResult result) {
    active = false;
    idleSince = loop.now();
    reply.result(attempt, result);
  }
}
