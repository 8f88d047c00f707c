package io.spinforge.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One redis-server process on a loopback port that stays the same over stops and starts. Its data
 * and configuration live in a temporary folder per start, so every start begins empty. Not
 * thread-safe.
 */
final class RedisNode implements AutoCloseable {

  /** What a node is started as. */
  enum Kind {
    STANDALONE(0),
    CLUSTER(10_000),
    SENTINEL(0);

    /** How far above the port the node listens too (the cluster bus); 0: nowhere. */
    private final int busOffset;

    Kind(int busOffset) {
      this.busOffset = busOffset;
    }
  }

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final int ATTEMPTS = 10;

  private final Kind kind;
  private final List<String> config;
  private final int port;
  private @Nullable LeashedProcess process;

  private RedisNode(Kind kind, List<String> config, int port) {
    this.kind = kind;
    this.config = List.copyOf(config);
    this.port = port;
  }

  /** Starts a node on a free port; returns when it answers. */
  static RedisNode start(Kind kind, List<String> config) {
    for (int i = 1; ; i++) {
      RedisNode node = new RedisNode(kind, config, Ports.pick(kind.busOffset));
      try {
        node.start();
        return node;
      } catch (PortTaken e) {
        if (i == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  int port() {
    return port;
  }

  /** Starts the node anew, without data; stops it first if it runs. */
  void start() {
    stop();
    try {
      Path binary = RedisBinary.find();
      Path folder = Files.createTempDirectory("spinforge-redis-");
      LeashedProcess starting = LeashedProcess.start(folder, "KILL", command(binary, folder));
      try {
        awaitAnswer(starting);
        process = starting;
      } finally {
        if (process != starting) {
          starting.close();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("redis-server does not start", e);
    }
  }

  /** Kills the node as a crash would; does nothing if it is stopped. */
  void stop() {
    LeashedProcess running = process;
    process = null;
    if (running != null) {
      running.close();
    }
  }

  void pause() {
    running().pause();
  }

  void resume() {
    running().resume();
  }

  /** Opens a connection to the node. */
  Resp connect() throws IOException {
    Resp resp = Resp.connect(port, ANSWER);
    try {
      for (String line : config) {
        if (line.startsWith("requirepass ")) {
          resp.call("AUTH", line.substring("requirepass ".length()).strip());
        }
      }
      return resp;
    } catch (IOException e) {
      resp.close();
      throw e;
    }
  }

  /** Sends one command on a connection of its own. */
  String call(String... command) throws IOException {
    try (Resp resp = connect()) {
      return resp.call(command);
    }
  }

  @Override
  public void close() {
    stop();
  }

  private LeashedProcess running() {
    LeashedProcess running = process;
    if (running == null) {
      throw new IllegalStateException("the server on port " + port + " is stopped");
    }
    return running;
  }

  private List<String> command(Path binary, Path folder) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("bind " + Ports.LOOPBACK);
    lines.add("port " + port);
    lines.add("daemonize no");
    if (kind != Kind.SENTINEL) {
      lines.add("save \"\"");
      lines.add("appendonly no");
    }
    if (kind == Kind.CLUSTER) {
      lines.add("cluster-enabled yes");
    }
    lines.addAll(config);
    Path file = Files.write(folder.resolve("redis.conf"), lines);
    List<String> command = new ArrayList<>();
    command.add(binary.toString());
    command.add(file.toString());
    if (kind == Kind.SENTINEL) {
      command.add("--sentinel");
    }
    return command;
  }

  /** Waits until the port answers, and answers as the process that was started. */
  private void awaitAnswer(LeashedProcess starting) {
    String ours = "process_id:" + starting.pid();
    long start = System.nanoTime();
    while (System.nanoTime() - start < PATIENCE.toNanos()) {
      if (!starting.isAlive()) {
        String log = starting.log();
        if (log.contains("Address already in use") || log.contains("Failed listening on port")) {
          throw new PortTaken(port);
        }
        throw new IllegalStateException("redis-server ended while it started:\n" + log);
      }
      try (Resp resp = connect()) {
        if (resp.call("INFO", "server").lines().anyMatch(ours::equals)) {
          return;
        }
      } catch (IOException e) {
        // Not up yet.
      }
      LockSupport.parkNanos(5_000_000);
    }
    throw new IllegalStateException(
        "redis-server on port "
            + port
            + " did not answer within "
            + PATIENCE
            + ":\n"
            + starting.log());
  }

  /** Another process took the port between the look and the start. */
  private static final class PortTaken extends IllegalStateException {
    private static final long serialVersionUID = 1;

    PortTaken(int port) {
      super("port " + port + " was taken by another process");
    }
  }
}
