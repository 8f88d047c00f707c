package io.spinforge.scaling.target;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What a manager's engine does to one service, over a real Unix socket: it keeps the index of
 * versions, refuses old ones with 500 as Docker does, and has faults on request.
 */
final class DockerStandIn implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** How the next call of a method goes wrong. */
  enum Way {
    /** Another answer, and nothing is done. */
    INSTEAD,
    /** It is done, and half of the answer comes. */
    HALF,
    /** It is done, half of the answer comes and no end. */
    ENDLESS,
    /** It is done, and no answer comes. */
    SILENT
  }

  private record Fault(String method, Way way, String raw) {}

  final List<String> calls = Collections.synchronizedList(new ArrayList<>());
  private final Deque<Fault> faults = new ArrayDeque<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Path socket;
  private final ServerSocketChannel server;
  private ObjectNode specification;
  private List<String> tasks = List.of("running", "starting");
  private long index = 1028;
  private boolean chunked;

  DockerStandIn(Path socket) throws IOException {
    this.socket = socket;
    specification =
        (ObjectNode)
            MAPPER.readTree(
                "{\"Name\":\"web\",\"Labels\":{\"a\":\"b\"},\"TaskTemplate\":{\"ContainerSpec\":{"
                    + "\"Image\":\"web:1\",\"StopGracePeriod\":10000000000}},"
                    + "\"Mode\":{\"Replicated\":{\"Replicas\":3}},"
                    + "\"UpdateConfig\":{\"MaxFailureRatio\":0.15}}");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    threads.execute(this::accept);
  }

  synchronized void mode(String json) throws IOException {
    specification.set("Mode", MAPPER.readTree(json));
    index++;
  }

  synchronized void tasks(String... states) {
    tasks = List.of(states);
  }

  synchronized void chunked() {
    chunked = true;
  }

  synchronized JsonNode specification() {
    return specification.deepCopy();
  }

  synchronized void next(String method, Way way) {
    faults.add(new Fault(method, way, ""));
  }

  synchronized void next(String method, int status, String body) {
    raw(
        method,
        "HTTP/1.1 " + status + " Such\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
  }

  synchronized void raw(String method, String raw) {
    faults.add(new Fault(method, Way.INSTEAD, raw));
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel channel = server.accept();
        threads.execute(() -> serve(channel));
      }
    } catch (IOException e) {
      // Closed: the test is over.
    }
  }

  private void serve(SocketChannel channel) {
    try (channel) {
      InputStream in = Channels.newInputStream(channel);
      String[] first = line(in).split(" ");
      int length = 0;
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        if (line.startsWith("Content-Length: ")) {
          length = Integer.parseInt(line.substring(16));
        }
      }
      byte[] body = in.readNBytes(length);
      calls.add(first[0] + " " + first[1]);
      answer(Channels.newOutputStream(channel), first[0], first[1], body);
    } catch (IOException e) {
      // The caller gave up.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void answer(OutputStream out, String method, String path, byte[] body)
      throws IOException, InterruptedException {
    Fault fault;
    byte[] answer;
    synchronized (this) {
      fault =
          !faults.isEmpty() && faults.element().method().equals(method) ? faults.remove() : null;
      answer =
          (fault != null && fault.way() == Way.INSTEAD ? fault.raw() : reply(method, path, body))
              .getBytes(StandardCharsets.UTF_8);
    }
    Way way = fault == null ? Way.INSTEAD : fault.way();
    if (way == Way.SILENT) {
      end.await();
    }
    out.write(answer, 0, way == Way.INSTEAD ? answer.length : answer.length - 3);
    if (way == Way.ENDLESS) {
      end.await();
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("half a request");
      }
      line.append((char) next);
    }
    return line.substring(0, line.length() - 1);
  }

  private String reply(String method, String path, byte[] body) throws IOException {
    if (method.equals("GET") && path.matches("(/v1\\.44)?/services/web")) {
      return http(
          200,
          "{\"ID\":\"s1\",\"Version\":{\"Index\":" + index + "},\"Spec\":" + specification + "}");
    }
    if (method.equals("GET") && path.matches("(/v1\\.44)?/tasks\\?filters=%7B.*web.*%7D")) {
      StringBuilder all = new StringBuilder();
      for (String state : tasks) {
        all.append(all.isEmpty() ? "" : ",").append("{\"Status\":{\"State\":\"" + state + "\"}}");
      }
      return http(200, "[" + all + "]");
    }
    String update = "/services/web/update?version=";
    if (method.equals("POST") && path.startsWith(update)) {
      if (Long.parseLong(path.substring(update.length())) != index) {
        return http(
            500, "{\"message\":\"rpc error: code = Unknown desc = update out of sequence\"}");
      }
      specification = (ObjectNode) MAPPER.readTree(body);
      index++;
      return http(200, "{\"Warnings\":null}");
    }
    return http(404, "{\"message\":\"service " + path + " not found\"}");
  }

  private String http(int status, String body) {
    String head = "HTTP/1.1 " + status + " Such\r\nContent-Type: application/json\r\n";
    if (!chunked) {
      return head + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }
    int half = body.length() / 2;
    return head
        + "Transfer-Encoding: chunked\r\n\r\n"
        + chunk(body.substring(0, half))
        + chunk(body.substring(half))
        + "0\r\n\r\n";
  }

  private static String chunk(String part) {
    return Integer.toHexString(part.length()) + "\r\n" + part + "\r\n";
  }

  @Override
  public void close() {
    end.countDown();
    try {
      server.close();
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.shutdownNow();
  }
}
