package io.spinforge.health.engine;

import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.ProbeResult;
import java.io.EOFException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Tells what an exception says of a target. */
final class Failures {
  private Failures() {}

  /** Judges an exception out of a connection attempt of ours. */
  static ProbeResult connecting(Exception e) {
    // Ports, descriptors or memory of this host ran out: not the target's fault.
    if (e instanceof BindException) {
      return ProbeResult.inconclusive("no local port: " + e.getMessage());
    }
    ProbeResult known = known(e);
    return known != null ? known : ProbeResult.failed(Failure.UNREACHABLE, text(e));
  }

  /** Judges an exception on an open connection of ours. */
  static ProbeResult exchanging(IOException e) {
    return e instanceof SSLException ? securing(e) : ProbeResult.failed(Failure.RESET, text(e));
  }

  /** Judges an exception out of TLS: an alert, a certificate, an answer that is not TLS. */
  static ProbeResult securing(Exception e) {
    return ProbeResult.failed(Failure.TLS, text(e));
  }

  /** Judges an exception out of somebody else's code by the first cause that is known. */
  static ProbeResult foreign(Throwable thrown) {
    Throwable e = thrown;
    // Bounded: a cause may be its own cause's cause.
    for (int depth = 0; e != null && depth < 8; depth++, e = e.getCause()) {
      ProbeResult known = known(e);
      if (known != null && !(e instanceof ConnectException && unresolved(e.getCause()))) {
        return known;
      }
    }
    return ProbeResult.failed(Failure.ERROR, text(unwrap(thrown)));
  }

  private static @Nullable ProbeResult known(Throwable e) {
    if (e instanceof ConnectException) {
      String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
      // The JDK's HttpClient hides the reason of a refusal; a timeout always says so.
      return message.contains("timed out")
          ? ProbeResult.failed(Failure.UNREACHABLE, "connection timed out")
          : ProbeResult.failed(Failure.REFUSED, "connection refused");
    }
    if (e instanceof NoRouteToHostException) {
      return ProbeResult.failed(Failure.UNREACHABLE, text(e));
    }
    if (e instanceof UnknownHostException || e instanceof UnresolvedAddressException) {
      return ProbeResult.failed(Failure.UNRESOLVED, text(e));
    }
    if (e instanceof SocketTimeoutException || e instanceof TimeoutException) {
      return ProbeResult.failed(Failure.TIMEOUT, text(e));
    }
    if (e instanceof SSLException) {
      return ProbeResult.failed(Failure.TLS, text(e));
    }
    if (e instanceof EOFException || e instanceof ClosedChannelException) {
      return ProbeResult.failed(Failure.CLOSED, text(e));
    }
    return null;
  }

  private static boolean unresolved(@Nullable Throwable e) {
    return e instanceof UnresolvedAddressException;
  }

  private static Throwable unwrap(Throwable e) {
    Throwable cause = e.getCause();
    boolean wrapper = e instanceof CompletionException || e instanceof ExecutionException;
    return wrapper && cause != null ? cause : e;
  }

  private static String text(Throwable e) {
    String message = e.getMessage();
    String name = e.getClass().getSimpleName();
    return message == null ? name : name + ": " + message;
  }
}
