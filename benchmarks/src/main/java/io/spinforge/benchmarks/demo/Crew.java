package io.spinforge.benchmarks.demo;

import io.spinforge.scaling.Autoscaler;
import io.spinforge.scaling.ScalingRules;
import io.spinforge.scaling.Signal;
import io.spinforge.scaling.target.ProcessPoolTarget;
import io.spinforge.scaling.target.Readiness;
import io.spinforge.scaling.target.Worker;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Who works in the shop: the pool of worker processes, and the autoscaler that sizes it. */
final class Crew implements AutoCloseable {
  /** Fewest workers, however quiet it is. */
  static final int FEWEST = 2;

  /** Most workers, however busy it is: what the busy hour needs. */
  static final int MOST = 4;

  /** The share of their time that the workers' places should be taken. */
  private static final double TARGET = 0.65;

  private static final Duration TIMEOUT = Duration.ofMillis(500);

  private static final Duration INTERVAL = Duration.ofSeconds(2);

  /** Shrinking waits for this long a quiet time: minutes in a real shop. */
  private static final Duration QUIET_TIME = Duration.ofSeconds(8);

  private final HttpClient client;
  private final ProcessPoolTarget pool;
  private final Autoscaler autoscaler;

  Crew(String redis, URI database, HttpClient client, Path logs) {
    this.client = client;
    List<String> command = command(redis, database);
    pool =
        ProcessPoolTarget.builder()
            .name(Wire.SERVICE)
            .command(worker -> command)
            .output(worker -> logs.resolve(worker.id() + ".log"))
            .readiness(Readiness.http("/health"))
            .initial(FEWEST)
            .maximum(MOST)
            .build();
    autoscaler =
        Autoscaler.named(Wire.SERVICE)
            .target(pool)
            .signal(Signal.utilization(pool.load(this::utilization), TARGET))
            .limits(FEWEST, MOST)
            .interval(INTERVAL)
            .behavior(
                ScalingRules.up().build(), ScalingRules.down().stabilization(QUIET_TIME).build())
            .build();
    pool.start();
    autoscaler.start();
  }

  /** The command of a worker process: little memory, and code that is compiled quickly. */
  static List<String> command(String redis, URI database) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    Jvm.LOG_TIMES.forEach((name, value) -> command.add("-D" + name + "=" + value));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(ShopWorker.class.getName(), redis, database.toString()));
    return command;
  }

  Autoscaler autoscaler() {
    return autoscaler;
  }

  /** Returns how many worker processes there are, those that start and end included. */
  int processes() {
    return (int) pool.workers().stream().filter(worker -> worker.pid() > 0).count();
  }

  /** Returns whether the worker at this port takes work, as far as the pool knows. */
  boolean serves(int port) {
    return pool.workers().stream()
        .anyMatch(worker -> worker.port() == port && worker.state() == Worker.State.READY);
  }

  /** Returns how many workers take work, as far as the pool knows. */
  int ready() {
    return pool.read().ready();
  }

  /** Returns the process that listens at this port. */
  long pidAt(int port) {
    return pool.workers().stream()
        .filter(worker -> worker.port() == port)
        .mapToLong(Worker::pid)
        .findFirst()
        .orElseThrow();
  }

  /**
   * Asks a worker how busy it was since it was last asked; NaN, not measured, without an answer.
   */
  private double utilization(Worker worker) {
    URI uri = URI.create("http://127.0.0.1:" + worker.port() + "/load");
    HttpRequest get = HttpRequest.newBuilder(uri).timeout(TIMEOUT).build();
    try {
      return Double.parseDouble(client.send(get, BodyHandlers.ofString()).body());
    } catch (IOException e) {
      return Double.NaN;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Double.NaN;
    }
  }

  @Override
  public void close() {
    autoscaler.close();
    pool.close();
  }
}
