package io.spinforge.health.probe;

import static java.util.Objects.requireNonNull;

import java.net.InetSocketAddress;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a target accepts TCP connections, with or without TLS: connects, and closes at once.
 *
 * <p>Runs on the checker's I/O thread. An unresolved address is resolved off that thread.
 *
 * @param <T> the type of the targets
 * @param address gives a target's address; called once per target, on the I/O thread
 * @param secure whether to shake hands by TLS; then the target's certificate must be trusted and
 *     made out to the host name or address
 * @param sslContext the certificates to use; null: the JVM's
 */
public record TcpProbe<T>(
    Function<? super T, InetSocketAddress> address, boolean secure, @Nullable SSLContext sslContext)
    implements Probe<T> {

  /** Refuses null. */
  public TcpProbe {
    requireNonNull(address, "address");
  }

  /** Makes a probe without TLS. */
  public TcpProbe(Function<? super T, InetSocketAddress> address) {
    this(address, false, null);
  }

  /** Returns a probe that connects to the address of each target. */
  public static <T> TcpProbe<T> connect(Function<? super T, InetSocketAddress> address) {
    return new TcpProbe<>(address);
  }

  /** Returns a probe that shakes hands with the JVM's default certificates. */
  public TcpProbe<T> tls() {
    return new TcpProbe<>(address, true, null);
  }

  /** Returns a probe that shakes hands with the given certificates. */
  public TcpProbe<T> tls(SSLContext context) {
    return new TcpProbe<>(address, true, requireNonNull(context, "context"));
  }
}
