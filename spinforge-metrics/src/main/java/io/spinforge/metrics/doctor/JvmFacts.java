package io.spinforge.metrics.doctor;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.VMOption;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.security.Security;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Reads this JVM: its flags with who set them, and how it is doing. */
final class JvmFacts {
  private static final long WARMED_UP_MILLIS = 60_000;

  private static final List<String> FLAGS =
      List.of(
          "MaxHeapSize",
          "UseCompressedOops",
          "UseSerialGC",
          "UseParallelGC",
          "UseG1GC",
          "MaxGCPauseMillis",
          "ParallelGCThreads",
          "DisableExplicitGC",
          "HeapDumpOnOutOfMemoryError",
          "HeapDumpPath",
          "ExitOnOutOfMemoryError",
          "CrashOnOutOfMemoryError",
          "UseContainerSupport",
          "ReservedCodeCacheSize",
          "TieredStopAtLevel",
          "MaxMetaspaceSize",
          "MaxDirectMemorySize",
          "ThreadStackSize");

  private JvmFacts() {}

  /** Reads this JVM; {@code limited} says whether the container limits its memory. */
  static Facts read(boolean limited) {
    Facts facts = new Facts("jvm");
    flags(facts);
    double memory =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    facts.put("memory", memory);
    facts.put("cpus", Runtime.getRuntime().availableProcessors());
    if (limited) {
      facts.put("limited", true);
    }
    double heap = Runtime.getRuntime().maxMemory();
    facts.put("heap.share", heap / memory, facts.origin("MaxHeapSize"));
    double direct = facts.number("MaxDirectMemorySize");
    facts.put(
        "direct.share",
        (heap + (direct > 0 ? direct : heap)) / memory,
        facts.origin("MaxDirectMemorySize"));
    boolean exits =
        facts.is("ExitOnOutOfMemoryError", "true") || facts.is("CrashOnOutOfMemoryError", "true");
    facts.put("oom.exit", exits, facts.origin("ExitOnOutOfMemoryError"));
    usage(facts, heap);
    facts.put("mode", System.getProperty("java.vm.info"));
    arguments(facts, ManagementFactory.getRuntimeMXBean().getInputArguments());
    String ttl = Security.getProperty("networkaddress.cache.ttl");
    String override = System.getProperty("sun.net.inetaddr.ttl");
    facts.put("dns.ttl", Objects.requireNonNullElse(ttl, override == null ? "30" : override));
    long[] deadlocked = ManagementFactory.getThreadMXBean().findDeadlockedThreads();
    facts.put("deadlocked", deadlocked == null ? 0 : deadlocked.length);
    return facts;
  }

  private static void flags(Facts facts) {
    var bean = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    if (bean == null) {
      facts.unreadable("flags", "this JVM has no HotSpotDiagnosticMXBean");
      return;
    }
    for (String flag : FLAGS) {
      try {
        VMOption option = bean.getVMOption(flag);
        String origin = option.getOrigin().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        facts.put(flag, option.getValue(), origin);
      } catch (IllegalArgumentException absent) {
        // This JVM does not have it, as each lacks some collector.
      }
    }
  }

  private static void usage(Facts facts, double heap) {
    long live = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      MemoryUsage after = pool.getCollectionUsage();
      live += pool.getType() == MemoryType.HEAP && after != null ? after.getUsed() : 0;
    }
    facts.put("heap.live", live / heap);
    double code = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      code += pool.getName().contains("Code") ? pool.getUsage().getUsed() : 0;
    }
    facts.put("code.share", code / facts.number("ReservedCodeCacheSize"));
    long uptime = ManagementFactory.getRuntimeMXBean().getUptime();
    if (uptime >= WARMED_UP_MILLIS) {
      double collecting =
          ManagementFactory.getGarbageCollectorMXBeans().stream()
              // Concurrent collectors count their cycles too, which stop nobody.
              .filter(collector -> !collector.getName().contains("Cycles"))
              .filter(collector -> !collector.getName().contains("Concurrent"))
              .mapToLong(GarbageCollectorMXBean::getCollectionTime)
              .sum();
      facts.put("gc.share", collecting / uptime);
    }
  }

  /** Debugger and JMX, as the command line opens them. */
  static void arguments(Facts facts, List<String> arguments) {
    String debug = "off";
    boolean port = false;
    boolean open = false;
    for (String argument : arguments) {
      if (argument.contains("jdwp") && argument.contains("address=")) {
        String address = argument.replaceFirst(".*address=", "").replaceFirst(",.*", "");
        // Since Java 9 an address without a host is loopback.
        boolean near = address.matches("(localhost|127\\..*|\\[::1]):.*|\\d+");
        debug = near ? "loopback" : address;
      }
      port |= argument.startsWith("-Dcom.sun.management.jmxremote.port=");
      open |= argument.equals("-Dcom.sun.management.jmxremote.authenticate=false");
    }
    facts.put("debug", debug);
    facts.put("jmx", port ? open ? "open" : "password" : "off");
  }
}
