package io.spinforge.benchmarks.nginx;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A real nginx between the two ends of every request, both of which are this thread: it sends the
 * request, takes the connection that nginx makes, reads off its own address which server was meant
 * (all of 127.0.0.0/8 is one socket), and answers whenever the script wants. Every step waits until
 * nginx has done its part. Not thread-safe.
 */
final class Lab implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 20_000;
  private static final int BACKLOG = 128;

  /** A request under way; {@code server} is null where nobody was reached, index -1 if asked. */
  record Attempt(SocketChannel client, @Nullable SocketChannel server, int index) {}

  private final Selector selector = Selector.open();
  private final ServerSocketChannel servers = ServerSocketChannel.open();
  private final SelectionKey connections;
  private final Deque<SocketChannel> idle = new ArrayDeque<>();
  private final Replies replies = new Replies();
  private final InetSocketAddress front;
  private final NginxProcess nginx;

  /** Starts nginx with these upstreams, u0 to un. */
  Lab(Path program, List<Setup> setups) throws IOException {
    servers.bind(new InetSocketAddress("0.0.0.0", 0), BACKLOG);
    servers.configureBlocking(false);
    connections = servers.register(selector, SelectionKey.OP_ACCEPT);
    int port = ((InetSocketAddress) servers.getLocalAddress()).getPort();
    int frontPort = freePort();
    front = new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), frontPort);
    nginx = NginxProcess.start(program, configuration(setups, frontPort, port, 1));
    awaitStart();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static String configuration(List<Setup> setups, int front, int port, int deadPort) {
    StringBuilder text =
        new StringBuilder(
            """
            daemon off;
            worker_processes 1;
            pid nginx.pid;
            error_log error.log emerg;
            events { worker_connections 16000; }
            http {
              access_log off;
              proxy_next_upstream off;
              proxy_connect_timeout 5s;
              proxy_read_timeout 1h;
              keepalive_timeout 1h;
              keepalive_requests 1000000000;
            """);
    for (int i = 0; i < setups.size(); i++) {
      text.append(setups.get(i).block("u" + i, port, deadPort)).append('\n');
    }
    text.append("server { listen 127.0.0.1:").append(front).append(";\n");
    text.append("add_header X-Upstream $upstream_addr always;\n");
    for (int i = 0; i < setups.size(); i++) {
      text.append("location = /u" + i + " { proxy_pass http://u" + i + "; }\n");
    }
    return text.append("} }\n").toString();
  }

  private void awaitStart() throws IOException {
    long start = System.nanoTime();
    while (true) {
      try {
        idle.add(connect());
        return;
      } catch (IOException e) {
        if (System.nanoTime() - start > PATIENCE_MILLIS * 1_000_000L) {
          throw new IOException("nginx did not start: " + nginx.log(), e);
        }
        LockSupport.parkNanos(10_000_000);
      }
    }
  }

  private SocketChannel connect() throws IOException {
    SocketChannel channel = SocketChannel.open(front);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ);
    return channel;
  }

  /**
   * Sends a request and returns when nginx has chosen a server, or has found that there is none.
   */
  Attempt open(String upstream) throws IOException {
    SocketChannel client = idle.isEmpty() ? connect() : idle.pop();
    Replies.write(client, "GET /" + upstream + " HTTP/1.1\r\nHost: lab\r\n\r\n");
    await();
    if (selector.selectedKeys().contains(connections)) {
      SocketChannel server = servers.accept();
      byte[] address = ((InetSocketAddress) server.getLocalAddress()).getAddress().getAddress();
      return new Attempt(client, server, address[3] - 1);
    }
    return new Attempt(client, null, Replies.chosen(reply(client)));
  }

  /** Lets the server answer and returns when nginx has passed that on. */
  void close(Attempt attempt, Answer answer) throws IOException {
    SocketChannel server = attempt.server;
    if (server == null) {
      return;
    }
    try (server) {
      if (answer != Answer.RESET) {
        String request = "";
        while (!Replies.complete(request)) {
          request += replies.read(server);
        }
      }
      switch (answer) {
        case OK -> Replies.write(server, head("200 OK", ""));
        case STATUS_500 -> Replies.write(server, head("500 Oh No", ""));
        case BAD_HEADER -> Replies.write(server, head("200 OK", "X\0: 1\r\n"));
        default -> {}
      }
    }
    await();
    int asked = Replies.chosen(reply(attempt.client));
    if (asked != attempt.index) {
      throw new IllegalStateException("asked: " + asked + " (expected: " + attempt.index + ")");
    }
  }

  private static String head(String status, String more) {
    return "HTTP/1.1 " + status + "\r\n" + more + "Content-Length: 0\r\nConnection: close\r\n\r\n";
  }

  private String reply(SocketChannel client) throws IOException {
    String reply = replies.read(client);
    while (!Replies.complete(reply)) {
      await();
      reply += replies.read(client);
    }
    idle.push(client);
    return reply;
  }

  /** Waits for the one thing that is due, be it a connection or a reply. */
  private void await() throws IOException {
    selector.selectedKeys().clear();
    if (selector.select(PATIENCE_MILLIS) == 0) {
      throw new IOException("nginx has been silent for " + PATIENCE_MILLIS + " ms");
    }
  }

  @Override
  public void close() throws IOException {
    for (SelectionKey key : List.copyOf(selector.keys())) {
      key.channel().close();
    }
    selector.close();
    nginx.close();
  }
}
