package io.spinforge.metrics.doctor;

import io.spinforge.metrics.system.LinuxFiles;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;

/**
 * Who is to be examined.
 *
 * @param files the machine
 * @param cpus CPUs of this process
 * @param databaseCpus CPUs of the database's machine; 0 if it is not known
 * @param spindles disks of the database that serve requests at a time
 * @param redis Lettuce clients
 * @param dataSources connection pools
 * @param mongo MongoDB connection strings
 * @param patience how long servers may take, all together
 */
public record Patient(
    LinuxFiles files,
    int cpus,
    int databaseCpus,
    int spindles,
    List<Object> redis,
    List<DataSource> dataSources,
    List<String> mongo,
    Duration patience) {
  /** Copies the lists. */
  public Patient {
    redis = List.copyOf(redis);
    dataSources = List.copyOf(dataSources);
    mongo = List.copyOf(mongo);
  }
}
