package io.spinforge.balance.limit;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a {@link RateLimiter} says to one request, and what to tell the client.
 *
 * @param allowed whether the request is within the limit
 * @param policy the name of the limit
 * @param limit how many requests are allowed in the window
 * @param window the window
 * @param remaining how many more are allowed now, 0 or more
 * @param reset until the first of those counted leaves the window, 0 if there is none
 * @param shared whether all instances were asked; false for a limiter in memory, and for the local
 *     share while Redis is away
 */
public record RateDecision(
    boolean allowed,
    String policy,
    long limit,
    Duration window,
    long remaining,
    Duration reset,
    boolean shared) {
  /** Returns the value of {@code RateLimit-Policy}, such as {@code "default";q=100;w=60}. */
  public String rateLimitPolicy() {
    return '"' + policy + "\";q=" + limit + ";w=" + seconds(window);
  }

  /** Returns the value of {@code RateLimit}, such as {@code "default";r=99;t=58}. */
  public String rateLimit() {
    return '"' + policy + "\";r=" + remaining + ";t=" + seconds(reset);
  }

  /** Returns the value of {@code Retry-After} for a request that is not allowed, 1 or more. */
  public long retryAfterSeconds() {
    return Math.max(1, seconds(reset));
  }

  /**
   * Returns the response's header fields by name: RateLimit-Policy and RateLimit as in the IETF's
   * draft-ietf-httpapi-ratelimit-headers-10, and Retry-After (RFC 9110) if the request is refused,
   * with status 429.
   */
  public Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("RateLimit-Policy", rateLimitPolicy());
    headers.put("RateLimit", rateLimit());
    if (!allowed) {
      headers.put("Retry-After", String.valueOf(retryAfterSeconds()));
    }
    return headers;
  }

  /** Rounds up: a client that comes after as long finds what it was promised. */
  private static long seconds(Duration duration) {
    return duration.getSeconds() + (duration.getNano() > 0 ? 1 : 0);
  }
}
