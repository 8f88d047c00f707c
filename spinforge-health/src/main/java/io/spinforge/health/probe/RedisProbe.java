package io.spinforge.health.probe;

import static java.util.Objects.requireNonNull;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Checks a Redis server: {@code PING}, and a read of a key that need not exist. Immutable: each
 * method returns a changed copy.
 *
 * <p>Needs no client library: it speaks RESP on the checker's I/O thread, on a connection that is
 * kept between probes and whose end starts a confirming probe at once. What the server answers is
 * told apart:
 *
 * <ul>
 *   <li>{@code LOADING}, {@code MASTERDOWN}, {@code CLUSTERDOWN}, {@code BUSY}: {@link
 *       Failure#NOT_READY};
 *   <li>{@code NOAUTH}, {@code WRONGPASS}, {@code NOPERM} for {@code PING}: {@link
 *       Failure#UNAUTHORIZED};
 *   <li>{@code MOVED}, {@code ASK}, {@code NOPERM} or an unknown command for the read: fit, because
 *       the server works;
 *   <li>any other error: {@link Failure#STATUS}.
 * </ul>
 *
 * @param <T> the type of the targets
 */
public final class RedisProbe<T> implements Probe<T> {
  private static final Set<String> NOT_READY =
      Set.of("LOADING", "MASTERDOWN", "CLUSTERDOWN", "BUSY");
  private static final Set<String> UNAUTHORIZED = Set.of("NOAUTH", "WRONGPASS", "NOPERM");
  private static final Set<String> HARMLESS = Set.of("MOVED", "ASK", "NOPERM");

  private final Function<? super T, InetSocketAddress> address;
  private final List<String> login;
  private final boolean reading;
  private final boolean secure;
  private final @Nullable SSLContext sslContext;

  private RedisProbe(
      Function<? super T, InetSocketAddress> address,
      List<String> login,
      boolean reading,
      boolean secure,
      @Nullable SSLContext sslContext) {
    this.address = requireNonNull(address, "address");
    this.login = login;
    this.reading = reading;
    this.secure = secure;
    this.sslContext = sslContext;
  }

  /**
   * Returns a probe of the Redis server at the address of each target. The function is called once
   * per target, on the checker's I/O thread, and must not block.
   */
  public static <T> RedisProbe<T> at(Function<? super T, InetSocketAddress> address) {
    return new RedisProbe<>(address, List.of(), true, false, null);
  }

  /** Logs in with the password of the default user. */
  public RedisProbe<T> password(String password) {
    requireNonNull(password, "password");
    return new RedisProbe<>(address, List.of("AUTH", password), reading, secure, sslContext);
  }

  /** Logs in as a user; needs Redis 6. */
  public RedisProbe<T> user(String user, String password) {
    List<String> words = List.of("AUTH", requireNonNull(user, "user"), password);
    return new RedisProbe<>(address, words, reading, secure, sslContext);
  }

  /** Leaves the read out; for Sentinels, which have no keys. */
  public RedisProbe<T> pingOnly() {
    return new RedisProbe<>(address, login, false, secure, sslContext);
  }

  /** Connects with TLS and the JVM's default certificates. */
  public RedisProbe<T> tls() {
    return new RedisProbe<>(address, login, reading, true, null);
  }

  /** Connects with TLS and the given certificates. */
  public RedisProbe<T> tls(SSLContext context) {
    return new RedisProbe<>(address, login, reading, true, requireNonNull(context, "context"));
  }

  /** Returns the address of a target. */
  public InetSocketAddress addressOf(T target) {
    return requireNonNull(address.apply(target), "address of the target");
  }

  /** Returns the command that logs in; empty if there is none. */
  public List<String> login() {
    return login;
  }

  /** Returns the commands of a probe. */
  public List<List<String>> commands() {
    return reading
        ? List.of(List.of("PING"), List.of("EXISTS", "spinforge:health"))
        : List.of(List.of("PING"));
  }

  /** Returns whether TLS is used. */
  public boolean secure() {
    return secure;
  }

  /** Returns the certificates to use, or null for the JVM's. */
  public @Nullable SSLContext sslContext() {
    return sslContext;
  }

  /** Returns whether the command of this number may be answered by this error. */
  public boolean harmless(int command, String error) {
    return command > 0
        && (HARMLESS.contains(code(error)) || error.startsWith("ERR unknown command"));
  }

  /** Judges an error of a server. */
  public static ProbeResult judge(String error) {
    String code = code(error);
    if (NOT_READY.contains(code)) {
      return ProbeResult.failed(Failure.NOT_READY, error);
    }
    boolean credentials = UNAUTHORIZED.contains(code) || error.startsWith("ERR AUTH");
    return ProbeResult.failed(credentials ? Failure.UNAUTHORIZED : Failure.STATUS, error);
  }

  private static String code(String error) {
    int blank = error.indexOf(' ');
    return blank < 0 ? error : error.substring(0, blank);
  }
}
