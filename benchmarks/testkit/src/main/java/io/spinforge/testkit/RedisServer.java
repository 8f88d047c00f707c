package io.spinforge.testkit;

import java.util.List;

/**
 * A real redis-server on a free port of the loopback, without persistence, that ends with this JVM,
 * also when the JVM is killed. By default Redis 6.2; the system property {@code
 * spinforge.redis.binary} names another server (a newer Redis, Valkey).
 *
 * <p>The port stays the same from {@link #start} to {@link #close}, over {@link #stop} and {@link
 * #restart}. Not thread-safe: one thread at a time.
 */
public final class RedisServer implements AutoCloseable {

  private final RedisNode node;

  private RedisServer(RedisNode node) {
    this.node = node;
  }

  /**
   * Starts a server and returns when it answers.
   *
   * @param configLines lines of redis.conf, such as {@code "maxmemory 10mb"}, which come after (and
   *     so win over) the testkit's own
   */
  public static RedisServer start(String... configLines) {
    return new RedisServer(RedisNode.start(RedisNode.Kind.STANDALONE, List.of(configLines)));
  }

  /** Returns the address that the server listens on, {@code 127.0.0.1}. */
  public String host() {
    return Ports.LOOPBACK;
  }

  /** Returns the port that the server listens on. */
  public int port() {
    return node.port();
  }

  /** Returns {@code redis://127.0.0.1:port}. */
  public String uri() {
    return "redis://" + host() + ":" + port();
  }

  /** Kills the server as a crash would: connections break, the port refuses. Keeps the port. */
  public void stop() {
    node.stop();
  }

  /** Starts the server again on the same port, without data; kills it first if it runs. */
  public void restart() {
    node.start();
  }

  /** Suspends the server (SIGSTOP): it accepts connections and answers nothing. */
  public void pause() {
    node.pause();
  }

  /** Lets a suspended server run again (SIGCONT). */
  public void resume() {
    node.resume();
  }

  /** Ends the server and removes its files. */
  @Override
  public void close() {
    node.close();
  }
}
