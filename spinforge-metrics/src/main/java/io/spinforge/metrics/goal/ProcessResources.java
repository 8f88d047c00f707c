package io.spinforge.metrics.goal;

import static java.util.Objects.requireNonNull;

import com.sun.management.OperatingSystemMXBean;
import io.spinforge.metrics.system.LinuxFiles;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Reads this process through the JVM, which knows a container's limits.
 *
 * <p>Memory is the worse of two shares: the heap that was still used after the last collection, of
 * the heap's maximum (an OutOfMemoryError is near), and the resident memory of the process, of what
 * the container or the host has (the kernel's killer is near). Used heap as such says nothing: it
 * grows until the next collection in the best of services. Resident memory is read from Linux's
 * {@code /proc/self/status} and left out elsewhere; what the container has is asked for each 30 s,
 * for the JVM reads several files to know it. Thread-safe.
 */
public final class ProcessResources implements Resources {
  private static final long TOTAL_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final String RESIDENT = "\nVmRSS:";

  private final OperatingSystemMXBean system =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private final List<MemoryPoolMXBean> heapPools =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP)
          .toList();
  private final LinuxFiles files;
  private final String status;
  private final LongSupplier ticker;

  /** Volatile publishes the immutable pair; who races reads it twice. */
  private volatile Total total;

  /** The memory there is, and when that was read. */
  private record Total(double bytes, long at) {}

  /** Creates readings of this process. */
  public ProcessResources() {
    this(Path.of("/proc/self/status"), System::nanoTime);
  }

  ProcessResources(Path status, LongSupplier ticker) {
    this.files = new LinuxFiles(requireNonNull(status.getParent(), "folder"));
    this.status = status.getFileName().toString();
    this.ticker = ticker;
    this.total = readTotal(ticker.getAsLong());
  }

  private Total readTotal(long now) {
    return new Total(system.getTotalMemorySize(), now);
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
    double resident = residentBytes() / totalBytes();
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

  private double totalBytes() {
    long now = ticker.getAsLong();
    Total known = total;
    if (now - known.at >= TOTAL_NANOS) {
      known = readTotal(now);
      total = known;
    }
    return known.bytes;
  }

  private double residentBytes() {
    String text = files.text(status);
    int at = text == null ? -1 : text.indexOf(RESIDENT);
    if (text == null || at < 0) {
      return Double.NaN;
    }
    int end = text.indexOf("kB", at);
    try {
      return end < 0
          ? Double.NaN
          : Double.parseDouble(text.substring(at + RESIDENT.length(), end).strip()) * 1024;
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }
}
