package io.spinforge.health;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A server on the loopback that does with each request what a test says. */
final class ScriptedServer implements Closeable {
  static final Script OK = answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

  final AtomicInteger requests = new AtomicInteger();
  final AtomicInteger accepted = new AtomicInteger();
  volatile String lastRequest = "";
  private final ServerSocket listener;
  private final Thread acceptor;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final String requestEnd;
  private volatile Script script;

  /** Answers one request; the connection stays open until the script closes it. */
  interface Script {
    void answer(Socket socket) throws IOException, InterruptedException;
  }

  ScriptedServer(Script script) throws IOException {
    this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), "\r\n\r\n", script);
  }

  /** A server on a socket of the test's choice, whose requests end in their own way. */
  ScriptedServer(ServerSocket listener, String requestEnd, Script script) {
    this.script = script;
    this.listener = listener;
    this.requestEnd = requestEnd;
    this.acceptor = start(this::accept);
  }

  static Script answer(String text) {
    return socket -> socket.getOutputStream().write(text.getBytes(ISO_8859_1));
  }

  static Script status(int status) {
    return answer("HTTP/1.1 " + status + " Any\r\nContent-Length: 0\r\n\r\n");
  }

  void script(Script next) {
    script = next;
  }

  int port() {
    return listener.getLocalPort();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + port() + "/health?x=1");
  }

  /** Ends all connections, as a crash does, and keeps listening. */
  void cut() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  int open() {
    return sockets.size();
  }

  /** Ends the server: when this cuts the connections, nobody listens on the port any more. */
  @Override
  public void close() throws IOException {
    listener.close();
    try {
      // The kernel keeps the port open for as long as the acceptor is inside of accept().
      acceptor.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      cut();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        accepted.incrementAndGet();
        sockets.add(socket);
        Thread unused = start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      StringBuilder request = new StringBuilder();
      for (int b = in.read(); b >= 0; b = in.read()) {
        request.append((char) b);
        if (request.indexOf(requestEnd) >= 0) {
          lastRequest = request.toString();
          request.setLength(0);
          requests.incrementAndGet();
          script.answer(socket);
        }
      }
    } catch (IOException | InterruptedException e) {
      // The test has closed it, or the checker has.
    } finally {
      sockets.remove(socket);
    }
  }

  private static Thread start(Runnable body) {
    Thread thread = new Thread(body, "scripted-server");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
