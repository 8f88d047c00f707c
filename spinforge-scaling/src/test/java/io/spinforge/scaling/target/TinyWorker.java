package io.spinforge.scaling.target;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.CountDownLatch;

/** The {@code main} of worker processes in tests; the first argument says how it behaves. */
public final class TinyWorker {
  private TinyWorker() {}

  /** Behaves as told. */
  public static void main(String[] args) throws IOException, InterruptedException {
    switch (args[0]) {
      case "serve" -> {
        WorkerLifeline.hold();
        serve();
      }
      case "deaf" -> { // to the end of its input and to SIGTERM
        CountDownLatch never = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> awaitQuietly(never)));
        System.out.println("ready");
        never.await();
      }
      case "never" -> {
        WorkerLifeline.hold();
        new CountDownLatch(1).await();
      }
      case "crash" -> System.exit(3);
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static void serve() throws IOException {
    int port = Integer.parseInt(System.getenv("SPINFORGE_WORKER_PORT"));
    try (ServerSocket server = new ServerSocket()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      System.out.println("ready");
      while (true) {
        try (var socket = server.accept()) {
          socket.getInputStream().read();
          socket.getOutputStream().write("HTTP/1.0 204 Fine\r\n\r\n".getBytes());
        }
      }
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
