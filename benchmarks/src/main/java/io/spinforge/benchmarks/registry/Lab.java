package io.spinforge.benchmarks.registry;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.spinforge.health.registry.RedisServiceRegistry;
import io.spinforge.health.registry.Registration;
import io.spinforge.health.registry.RegistrationState;
import io.spinforge.health.registry.ServiceInstance;
import io.spinforge.testkit.RedisServer;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Redis of its own, a client, and what Redis says of itself. */
final class Lab implements AutoCloseable {
  private static final Pattern STAT = Pattern.compile("cmdstat_(\\S+?):calls=(\\d+),usec=(\\d+)");

  final RedisServer server;
  final RedisClient client;
  final RedisCommands<String, String> commands;

  Lab(String... configLines) {
    server = RedisServer.start(configLines);
    client = RedisClient.create(server.uri());
    commands = client.connect().sync();
  }

  /** Calls and microseconds of a command. */
  record Stat(long calls, long micros) {}

  Map<String, Stat> commandStats() {
    Map<String, Stat> stats = new TreeMap<>();
    Matcher matcher = STAT.matcher(commands.info("commandstats"));
    while (matcher.find()) {
      long calls = Long.parseLong(matcher.group(2));
      stats.put(matcher.group(1), new Stat(calls, Long.parseLong(matcher.group(3))));
    }
    return stats;
  }

  /** Returns the seconds of CPU that the server has used. */
  double cpuSeconds() {
    String info = commands.info("cpu");
    return number(info, "used_cpu_user") + number(info, "used_cpu_sys");
  }

  long bytesOut() {
    return (long) number(commands.info("stats"), "total_net_output_bytes");
  }

  private static double number(String info, String field) {
    Matcher matcher = Pattern.compile("(?m)^" + field + ":([\\d.]+)").matcher(info);
    if (!matcher.find()) {
      throw new IllegalStateException(field + ": missing (expected: in INFO)");
    }
    return Double.parseDouble(matcher.group(1));
  }

  RedisServiceRegistry.Builder registry() {
    return RedisServiceRegistry.builder(client);
  }

  static ServiceInstance instance(String service, int number) {
    String host = "10." + number / 65_536 + "." + number / 256 % 256 + "." + number % 256;
    return ServiceInstance.of(service, host, 8080).zone("eu-" + number % 3).build();
  }

  static void awaitActive(Collection<Registration> all) throws Exception {
    await(
        Duration.ofMinutes(2),
        () -> all.stream().allMatch(one -> one.state() == RegistrationState.ACTIVE));
  }

  static void await(Duration most, BooleanSupplier condition) throws Exception {
    long begun = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begun > most.toNanos()) {
        throw new TimeoutException("not within " + most);
      }
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  // The annotation would be this folder's only use of another library.
  @SuppressWarnings("AnnotateFormatMethod")
  static void print(String format, Object... args) {
    System.out.println(String.format(Locale.ROOT, format, args));
  }

  @Override
  public void close() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    server.close();
  }
}
