package io.spinforge.benchmarks.doctor;

import io.lettuce.core.RedisClient;
import io.spinforge.metrics.Doctor;
import io.spinforge.testkit.PostgresServer;
import io.spinforge.testkit.RedisServer;
import java.util.Arrays;

/**
 * Examines this machine, a real Redis and a real PostgreSQL, and prints what the first examination
 * of a JVM took and what later ones do. Exits with 1 if the median of those is over 300 ms.
 */
public final class DoctorTime {
  private static final int ROUNDS = 21;
  private static final double MOST_MILLIS = 300;

  private DoctorTime() {}

  /** Runs it; no arguments. */
  public static void main(String[] args) {
    try (RedisServer redis = RedisServer.start();
        PostgresServer postgres = PostgresServer.start();
        RedisClient client = RedisClient.create(redis.uri())) {
      Doctor doctor = Doctor.standard().redis(client).dataSource(postgres.dataSource());
      double first = millis(doctor.examine());
      double[] later = new double[ROUNDS];
      for (int i = 0; i < ROUNDS; i++) {
        later[i] = millis(doctor.examine());
      }
      Arrays.sort(later);
      double median = later[ROUNDS / 2];
      System.out.printf(
          "first %.0f ms, then %.0f ms (median of %d, worst %.0f)%n",
          first, median, ROUNDS, later[ROUNDS - 1]);
      System.exit(median <= MOST_MILLIS ? 0 : 1);
    }
  }

  private static double millis(Doctor.Report report) {
    return report.took().toNanos() / 1e6;
  }
}
