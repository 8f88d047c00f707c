package io.spinforge.benchmarks.health;

import io.spinforge.benchmarks.health.Watching.Make;
import io.spinforge.benchmarks.health.Watching.Settings;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * A checker in a process of its own, to be stopped and resumed: says when all targets are fit, and
 * for each byte on its standard input how often one has been called unfit.
 */
final class WatchingMain {
  private WatchingMain() {}

  /** Takes the make, interval, timeout (ms), fall, the number of targets and their ports. */
  public static void main(String[] args) throws IOException {
    Settings settings =
        new Settings(Long.parseLong(args[1]), Long.parseLong(args[2]), Integer.parseInt(args[3]));
    int number = Integer.parseInt(args[4]);
    int[] ports = Arrays.stream(args, 5, args.length).mapToInt(Integer::parseInt).toArray();
    List<URI> targets =
        IntStream.range(0, number)
            .mapToObj(
                i ->
                    i < ports.length
                        ? Watching.uri(ports[i])
                        : URI.create(Watching.uri(ports[i % ports.length]) + "?" + i))
            .toList();
    AtomicInteger fit = new AtomicInteger();
    AtomicInteger falls = new AtomicInteger();
    Watching unused =
        Watching.start(
            Make.of(args[0]),
            settings,
            targets,
            (target, up) -> {
              if (!up) {
                falls.incrementAndGet();
              } else if (fit.incrementAndGet() == number) {
                System.out.println("ready");
              }
            });
    while (System.in.read() >= 0) {
      System.out.println(falls);
    }
    Runtime.getRuntime().halt(0);
  }
}
