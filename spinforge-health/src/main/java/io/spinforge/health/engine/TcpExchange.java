package io.spinforge.health.engine;

import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.ProbeResult;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Probes an address by connecting to it. */
final class TcpExchange extends Wire implements Session<InetSocketAddress> {
  private final InetSocketAddress address;
  private final Reply reply;
  private long attempt;

  TcpExchange(
      InetSocketAddress address, @Nullable Security security, Network network, Reply reply) {
    super(network, security);
    this.address = address;
    this.reply = reply;
  }

  @Override
  public void start(long newAttempt, long timeoutNanos) {
    attempt = newAttempt;
    if (address.isUnresolved()) {
      connect(address.getHostString(), address.getPort());
    } else {
      connect(address.getHostString(), address);
    }
  }

  @Override
  public void expire(long expired) {
    drop();
    reply.result(expired, ProbeResult.failed(Failure.TIMEOUT, "no connection in time"));
  }

  @Override
  public boolean retarget(InetSocketAddress target) {
    return false;
  }

  @Override
  public void close() {
    drop();
  }

  @Override
  void connected() {
    drop();
    reply.result(attempt, ProbeResult.healthy());
  }

  @Override
  void notConnected(ProbeResult why) {
    reply.result(attempt, why);
  }

  @Override
  void transfer(boolean readable) {
    // Closed as soon as it is connected: there is nothing to transfer.
  }
}
