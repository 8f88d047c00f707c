package io.spinforge.health.probe;

import static java.util.Objects.requireNonNull;

import java.net.InetSocketAddress;
import java.util.function.Function;

/**
 * Checks that a target accepts TCP connections: connects, and closes at once.
 *
 * <p>Runs on the checker's I/O thread. An unresolved address is resolved off that thread.
 *
 * @param <T> the type of the targets
 * @param address gives a target's address; called once per target, on the I/O thread
 */
public record TcpProbe<T>(Function<? super T, InetSocketAddress> address) implements Probe<T> {

  /** Refuses null. */
  public TcpProbe {
    requireNonNull(address, "address");
  }

  /** Returns a probe that connects to the address of each target. */
  public static <T> TcpProbe<T> connect(Function<? super T, InetSocketAddress> address) {
    return new TcpProbe<>(address);
  }
}
