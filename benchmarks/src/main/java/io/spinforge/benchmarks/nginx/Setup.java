package io.spinforge.benchmarks.nginx;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The upstream of a script. As text, {@code least_conn 2 10 5,1d,3x,2b:1/4}: how it chooses ({@code
 * rr} or {@code least_conn}), max_fails, fail_timeout in seconds, and the weights of the servers,
 * with a d behind those that are down, an x behind those where nobody listens, a b behind backups,
 * and max_fails and fail_timeout behind those that have their own.
 *
 * @param failTimeout in seconds
 */
record Setup(boolean leastConn, int maxFails, int failTimeout, List<Server> servers) {
  private static final int HOUR = 3_600;
  private static final int MOST_SERVERS = 6;
  private static final Pattern SERVER = Pattern.compile("(\\d+)(d?)(x?)(b?)(?::(\\d+)/(\\d+))?");

  /** One of the servers; {@code dead}: refuses connections. */
  record Server(
      int weight, boolean down, boolean dead, boolean backup, int maxFails, int failTimeout) {}

  /**
   * Draws one: 1 to 6 servers of weights 1 to 10, max_fails 0 to 3, in half of them an hour. In a
   * third some are backups, in a third each has values of its own.
   */
  static Setup random(SplittableRandom random) {
    int size = random.nextInt(20) == 0 ? 1 : 2 + random.nextInt(MOST_SERVERS - 1);
    boolean equal = random.nextInt(4) == 0;
    boolean backups = random.nextInt(3) == 0;
    boolean own = random.nextInt(3) == 0;
    int maxFails = random.nextInt(4);
    int failTimeout = timeout(random);
    List<Server> servers = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      servers.add(
          new Server(
              equal ? 1 : 1 + random.nextInt(10),
              i > 0 && random.nextInt(20) == 0,
              random.nextInt(20) == 0,
              i > 0 && backups && random.nextInt(5) < 2,
              own ? random.nextInt(4) : maxFails,
              own ? timeout(random) : failTimeout));
    }
    return new Setup(random.nextBoolean(), maxFails, failTimeout, List.copyOf(servers));
  }

  private static int timeout(SplittableRandom random) {
    return random.nextBoolean() ? HOUR : 1 + random.nextInt(4);
  }

  /** Returns the block of an nginx configuration; the n-th server's address is 127.0.0.(n + 1). */
  String block(String name, int port, int deadPort) {
    StringBuilder text = new StringBuilder("upstream " + name + " {");
    text.append(leastConn ? " least_conn;" : "");
    for (int i = 0; i < servers.size(); i++) {
      Server server = servers.get(i);
      text.append(" server 127.0.0.")
          .append(i + 1)
          .append(':')
          .append(server.dead ? deadPort : port)
          .append(" weight=")
          .append(server.weight)
          .append(" max_fails=")
          .append(server.maxFails)
          .append(" fail_timeout=")
          .append(server.failTimeout)
          .append('s')
          .append(server.backup ? " backup" : "")
          .append(server.down ? " down;" : ";");
    }
    return text.append(" }").toString();
  }

  /** Reads what {@link #toString} wrote. */
  static Setup parse(String text) {
    String[] words = text.split(" ", -1);
    int maxFails = Integer.parseInt(words[1]);
    int failTimeout = Integer.parseInt(words[2]);
    List<Server> servers = new ArrayList<>();
    for (String word : words[3].split(",", -1)) {
      Matcher server = SERVER.matcher(word);
      if (!server.matches()) {
        throw new IllegalArgumentException("server: " + word + " (expected: such as 3x or 2b:1/4)");
      }
      boolean own = server.group(5) != null;
      servers.add(
          new Server(
              Integer.parseInt(server.group(1)),
              !server.group(2).isEmpty(),
              !server.group(3).isEmpty(),
              !server.group(4).isEmpty(),
              own ? Integer.parseInt(server.group(5)) : maxFails,
              own ? Integer.parseInt(server.group(6)) : failTimeout));
    }
    return new Setup(words[0].equals("least_conn"), maxFails, failTimeout, List.copyOf(servers));
  }

  private String text(Server server) {
    boolean own = server.maxFails != maxFails || server.failTimeout != failTimeout;
    return server.weight
        + (server.down ? "d" : "")
        + (server.dead ? "x" : "")
        + (server.backup ? "b" : "")
        + (own ? ":" + server.maxFails + "/" + server.failTimeout : "");
  }

  @Override
  public String toString() {
    return (leastConn ? "least_conn " : "rr ")
        + maxFails
        + ' '
        + failTimeout
        + ' '
        + servers.stream().map(this::text).collect(Collectors.joining(","));
  }
}
