package io.spinforge.benchmarks.demo;

import java.nio.file.Path;
import java.util.Map;

/** Settings of a process of the demo that have to stand before the classes that read them. */
final class Jvm {
  private Jvm() {}

  /** Times in the log; with a minus D for a process that is started. */
  static final Map<String, String> LOG_TIMES =
      Map.of(
          "org.slf4j.simpleLogger.showDateTime", "true",
          "org.slf4j.simpleLogger.dateTimeFormat", "HH:mm:ss.SSS");

  /** Sends log lines to a file, because the console belongs to the progress and the table. */
  static void logTo(Path file) {
    LOG_TIMES.forEach(System::setProperty);
    System.setProperty("org.slf4j.simpleLogger.logFile", file.toString());
  }

  /** Makes the JDK's HTTP server and client treat kept connections as a gateway needs it. */
  static void keepConnections() {
    // Without this an answer in two packets waits for the client's delayed acknowledgement: 40 ms.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    // The client must give up idle connections before the server does, or a request meets a FIN.
    System.setProperty("sun.net.httpserver.maxIdleConnections", "2000");
    System.setProperty("sun.net.httpserver.idleInterval", "60");
    System.setProperty("jdk.httpclient.keepalive.timeout", "20");
  }
}
