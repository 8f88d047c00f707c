package io.spinforge.metrics.goal;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessResourcesTest {
  @TempDir Path folder;

  private ProcessResources with(String status) throws Exception {
    return new ProcessResources(Files.writeString(folder.resolve("status"), status), () -> 0);
  }

  @Test
  void thisProcessHasReadings() {
    ProcessResources process = new ProcessResources();
    assertThat(process.cpuNanos()).isPositive();
    assertThat(process.cpus()).isGreaterThanOrEqualTo(1);
    assertThat(process.memory()).isBetween(0.0, 1.0);
  }

  @Test
  void residentMemoryCountsWhereItIsTheWorse() throws Exception {
    long total =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    long kilobytes = total / 1024 * 97 / 100;
    assertThat(with("Name:\tjava\nVmRSS:\t  " + kilobytes + " kB\nThreads:\t3\n").memory())
        .isBetween(0.96, 0.98);
  }

  @Test
  void residentMemoryIsReadEachTimeAndTheMachinesEach30Seconds() throws Exception {
    AtomicLong time = new AtomicLong();
    Path status = Files.writeString(folder.resolve("status"), "Name:\tjava\nVmRSS:\t1 kB\n");
    ProcessResources process = new ProcessResources(status, time::get);
    assertThat(process.memory()).isBetween(0.0, 1.0);
    Files.writeString(status, "Name:\tjava\nVmRSS:\t" + (1L << 50) + " kB\n");
    double known = process.memory();
    assertThat(known).isGreaterThan(1000);
    time.set(TimeUnit.SECONDS.toNanos(30));
    assertThat(process.memory()).isGreaterThan(1000);
  }

  @Test
  void heapAloneCountsWhereResidentMemoryCannotBeRead() throws Exception {
    assertThat(new ProcessResources(folder.resolve("none"), () -> 0).memory()).isBetween(0.0, 1.0);
    assertThat(with("VmRSS:\tmuch kB\n").memory()).isBetween(0.0, 1.0);
    assertThat(with("Name:\tjava\n").memory()).isBetween(0.0, 1.0);
  }
}
