package io.spinforge.metrics.goal;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads this process through the JVM, which knows a container's limits.
 *
 * <p>Memory is the worse of two shares: the heap that was still used after the last collection, of
 * the heap's maximum (an OutOfMemoryError is near), and the resident memory of the process, of what
 * the container or the host has (the kernel's killer is near). Used heap as such says nothing: it
 * grows until the next collection in the best of services. Resident memory is read from Linux's
 * {@code /proc/self/status} and left out elsewhere.
 */
public final class ProcessResources implements Resources {
  private final OperatingSystemMXBean system =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private final List<MemoryPoolMXBean> heapPools =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP)
          .toList();
  private final Path status;

  /** Creates readings of this process. */
  public ProcessResources() {
    this(Path.of("/proc/self/status"));
  }

  ProcessResources(Path status) {
    this.status = status;
  }

  @Override
  public double cpuNanos() {
    long nanos = system.getProcessCpuTime();
    return nanos < 0 ? Double.NaN : nanos;
  }

  @Override
  public double cpus() {
    return Runtime.getRuntime().availableProcessors();
  }

  @Override
  public double memory() {
    double heap = heap();
    double resident = residentBytes() / system.getTotalMemorySize();
    return Double.isNaN(resident) ? heap : Math.max(heap, resident);
  }

  private double heap() {
    long live = 0;
    for (MemoryPoolMXBean pool : heapPools) {
      MemoryUsage afterCollection = pool.getCollectionUsage();
      live += afterCollection == null ? 0 : afterCollection.getUsed();
    }
    return (double) live / Runtime.getRuntime().maxMemory();
  }

  private double residentBytes() {
    try {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith("VmRSS:")) {
          return Double.parseDouble(line.substring(6).replace("kB", "").trim()) * 1024;
        }
      }
    } catch (IOException | NumberFormatException e) {
      return Double.NaN;
    }
    return Double.NaN;
  }
}
