package io.spinforge.benchmarks.doctor;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.spinforge.metrics.Doctor;
import io.spinforge.testkit.PostgresServer;
import io.spinforge.testkit.RedisServer;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import javax.sql.DataSource;

/**
 * Examines this machine, a real Redis and a real PostgreSQL, and prints what the first examination
 * of a JVM took and what later ones do, with the CPU time of the process. Exits with 1 if the first
 * or the median of the later ones is over 300 ms.
 *
 * <p>As in a service, the client and the database have connected before: what that costs a new JVM
 * is printed apart, for it is not the doctor's. With the argument {@code cold} they have not, and
 * the first examination pays for it.
 */
public final class DoctorTime {
  private static final int ROUNDS = 21;
  private static final double MOST_MILLIS = 300;

  private DoctorTime() {}

  /** Runs it; takes {@code cold} or nothing. */
  public static void main(String[] args) throws SQLException {
    boolean cold = args.length == 1 && args[0].equals("cold");
    if (args.length > 0 && !cold) {
      throw new IllegalArgumentException("arguments: " + args.length + " (expected: none or cold)");
    }
    try (RedisServer redis = RedisServer.start();
        PostgresServer postgres = PostgresServer.start();
        RedisClient client = RedisClient.create(redis.uri())) {
      if (!cold) {
        connect(client, postgres.dataSource());
      }
      Doctor doctor = Doctor.standard().redis(client).dataSource(postgres.dataSource());
      double cpu = cpuMillis();
      double first = millis(doctor.examine());
      System.out.printf("first %.0f ms (CPU %.0f)", first, cpuMillis() - cpu);
      double[] later = new double[ROUNDS];
      cpu = cpuMillis();
      for (int i = 0; i < ROUNDS; i++) {
        later[i] = millis(doctor.examine());
      }
      Arrays.sort(later);
      double median = later[ROUNDS / 2];
      System.out.printf(
          ", then %.0f ms (median of %d, worst %.0f, CPU %.0f each)%n",
          median, ROUNDS, later[ROUNDS - 1], (cpuMillis() - cpu) / ROUNDS);
      System.exit(median <= MOST_MILLIS && (cold || first <= MOST_MILLIS) ? 0 : 1);
    }
  }

  private static void connect(RedisClient client, DataSource source) throws SQLException {
    double cpu = cpuMillis();
    long start = System.nanoTime();
    try (StatefulRedisConnection<String, String> redis = client.connect();
        Connection database = source.getConnection()) {
      redis.sync().ping();
      database.isValid(1);
    }
    double took = (System.nanoTime() - start) / 1e6;
    System.out.printf(
        "the first connections of the JVM %.0f ms (CPU %.0f)%n", took, cpuMillis() - cpu);
  }

  private static double cpuMillis() {
    return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
            .getProcessCpuTime()
        / 1e6;
  }

  private static double millis(Doctor.Report report) {
    return report.took().toNanos() / 1e6;
  }
}
