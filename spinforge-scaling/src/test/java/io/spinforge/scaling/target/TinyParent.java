package io.spinforge.scaling.target;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * The {@code main} of a process that holds a pool, to be killed: a worker that listens, one deaf.
 */
public final class TinyParent {
  private TinyParent() {}

  /** Starts the pool with the pid file given and prints a line per ready worker. */
  public static void main(String[] args) throws InterruptedException {
    ProcessPoolTarget pool =
        ProcessPoolTarget.builder()
            .name("orphans")
            .command(c -> command(c.slot() == 0 ? "serve" : "deaf"))
            .initial(2)
            .pidFile(Path.of(args[0]))
            .readiness(Readiness.line(line -> line.equals("ready")))
            .lines((context, line) -> {})
            .events(
                event -> {
                  if (event.type() == WorkerEvent.Type.READY) {
                    System.out.println(event.worker().slot() + " " + event.worker().pid());
                  }
                })
            .build();
    pool.start();
    new CountDownLatch(1).await();
  }

  static List<String> command(String behaviour) {
    return java(TinyWorker.class, behaviour);
  }

  static List<String> java(Class<?> main, String argument) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx32m",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-cp",
        System.getProperty("java.class.path"),
        main.getName(),
        argument);
  }
}
