package io.spinforge.benchmarks.nginx;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * The upstream of a script. As text, {@code least_conn 2 10 5,1d,3x}: how it chooses ({@code rr} or
 * {@code least_conn}), max_fails, fail_timeout in seconds, and the weights of the servers, with a d
 * behind those that are down and an x behind those where nobody listens.
 *
 * @param failTimeout in seconds
 */
record Setup(boolean leastConn, int maxFails, int failTimeout, List<Server> servers) {
  private static final int HOUR = 3_600;
  private static final int MOST_SERVERS = 6;

  /** One of the servers; {@code dead}: refuses connections. */
  record Server(int weight, boolean down, boolean dead) {
    @Override
    public String toString() {
      return weight + (down ? "d" : "") + (dead ? "x" : "");
    }
  }

  /** Draws one: 1 to 6 servers of weights 1 to 10, max_fails 0 to 3, in half of them an hour. */
  static Setup random(SplittableRandom random) {
    int size = random.nextInt(20) == 0 ? 1 : 2 + random.nextInt(MOST_SERVERS - 1);
    boolean equal = random.nextInt(4) == 0;
    List<Server> servers = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      boolean down = i > 0 && random.nextInt(20) == 0;
      boolean dead = random.nextInt(20) == 0;
      servers.add(new Server(equal ? 1 : 1 + random.nextInt(10), down, dead));
    }
    int failTimeout = random.nextBoolean() ? HOUR : 1 + random.nextInt(4);
    return new Setup(random.nextBoolean(), random.nextInt(4), failTimeout, List.copyOf(servers));
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
          .append(maxFails)
          .append(" fail_timeout=")
          .append(failTimeout)
          .append(server.down ? "s down;" : "s;");
    }
    return text.append(" }").toString();
  }

  /** Reads what {@link #toString} wrote. */
  static Setup parse(String text) {
    String[] words = text.split(" ", -1);
    List<Server> servers = new ArrayList<>();
    for (String word : words[3].split(",", -1)) {
      int weight = Integer.parseInt(word.replaceAll("[dx]", ""));
      servers.add(new Server(weight, word.contains("d"), word.contains("x")));
    }
    return new Setup(
        words[0].equals("least_conn"),
        Integer.parseInt(words[1]),
        Integer.parseInt(words[2]),
        List.copyOf(servers));
  }

  @Override
  public String toString() {
    return (leastConn ? "least_conn " : "rr ")
        + maxFails
        + ' '
        + failTimeout
        + ' '
        + servers.stream().map(Server::toString).collect(Collectors.joining(","));
  }
}
