package io.spinforge.balance.nginx;

import java.net.URI;
import java.time.Duration;

/**
 * A {@code server} of an upstream, with nginx' defaults for what is not said.
 *
 * @param host a name or an address, an IPv6 one in brackets
 * @param port 1 to 65535; 80 if not said
 * @param weight 1 to 65,536; 1
 * @param maxFails 0 for never left out; 1
 * @param failTimeout 10 s
 * @param maxConns 0 for no limit; 0. Kept, but not enforced by the balancer
 * @param backup whether it serves only when others are missing
 * @param down whether it gets no requests
 */
public record NginxServer(
    String host,
    int port,
    int weight,
    int maxFails,
    Duration failTimeout,
    int maxConns,
    boolean backup,
    boolean down) {
  /** Returns {@code http://host:port}. */
  public URI uri() {
    return URI.create("http://" + this);
  }

  /** Returns host:port. */
  @Override
  public String toString() {
    return host + ":" + port;
  }
}
