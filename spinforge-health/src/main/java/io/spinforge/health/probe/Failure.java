package io.spinforge.health.probe;

/** Why a probe failed. */
public enum Failure {
  /** The target's host refused the connection: nobody listens on the port. */
  REFUSED,
  /** No route, network down, or the host never answered the connection attempt. */
  UNREACHABLE,
  /** The connection was reset in the middle of the exchange. */
  RESET,
  /** The connection was closed before the answer was complete. */
  CLOSED,
  /** No complete answer within the timeout. */
  TIMEOUT,
  /** A complete answer with a status that does not count as healthy. */
  STATUS,
  /** An answer that is not HTTP/1.1. */
  MALFORMED,
  /** An answer of more than 64 KB. */
  TOO_LARGE,
  /** The host name has no address. */
  UNRESOLVED,
  /** No TLS connection: an alert, a certificate that is not trusted or of another name. */
  TLS,
  /** The target wants other credentials, or none were given. */
  UNAUTHORIZED,
  /** The target answers that it cannot serve yet, for example while it loads its data. */
  NOT_READY,
  /** Anything else: the probe threw, or its own code says so. */
  ERROR
}
