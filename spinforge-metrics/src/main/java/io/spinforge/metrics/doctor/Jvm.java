package io.spinforge.metrics.doctor;

import static io.spinforge.metrics.doctor.Expected.atLeast;
import static io.spinforge.metrics.doctor.Expected.atMost;
import static io.spinforge.metrics.doctor.Expected.between;
import static io.spinforge.metrics.doctor.Expected.is;
import static io.spinforge.metrics.doctor.Expected.isNot;
import static io.spinforge.metrics.doctor.Expected.text;
import static io.spinforge.metrics.doctor.Rule.rule;

import java.util.List;

/** The Java virtual machine: heap against memory, collector, what happens when memory ends. */
final class Jvm {
  private static final String JAVA = "java command, HotSpot options";
  private static final double GIB = 1L << 30;
  private static final double MIB = 1L << 20;

  static final List<Rule> RULES =
      List.of(
          rule("jvm.heap.share", "heap.share")
              .in(Unit.SHARE)
              .critical(atMost(0.92))
              .warn(atMost(0.80))
              .why("code, classes, threads and direct buffers need room beside the heap")
              .fix("-XX:MaxRAMPercentage=75")
              .source("tuning guide, heap against the container's limit"),
          rule("jvm.heap.default", "heap.share")
              .when(f -> f.has("limited") && f.origin("MaxHeapSize").equals("ergonomic"))
              .in(Unit.SHARE)
              .info(atLeast(0.5))
              .why("without a setting a quarter of the container's memory is used")
              .fix("-XX:MaxRAMPercentage=75")
              .source(JAVA),
          rule("jvm.heap.live", "heap.live")
              .in(Unit.SHARE)
              .critical(atMost(0.95))
              .warn(atMost(0.80))
              .why("so much survived the last collection: OutOfMemoryError is near")
              .fix("-XX:MaxRAMPercentage=<more>, after a look at a heap dump")
              .source("tuning guide, memory usage"),
          rule("jvm.heap.pointers", "MaxHeapSize")
              .when(f -> f.is("UseCompressedOops", "false") && f.number("MaxHeapSize") < 48 * GIB)
              .in(Unit.BYTES)
              .warn(atMost(31 * GIB))
              .why("from 32 GiB on references take twice the room: it holds less than 31 GiB")
              .fix("-Xmx31g")
              .source(JAVA),
          rule("jvm.direct", "direct.share")
              .when(f -> f.has("limited"))
              .in(Unit.SHARE)
              .info(atMost(1))
              .why("direct buffers may grow as large as the heap unless they are limited")
              .fix("-XX:MaxDirectMemorySize=256m")
              .source(JAVA),
          rule("jvm.gc.serial", "UseSerialGC")
              .when(f -> f.number("cpus") >= 2 && f.number("memory") >= 1792 * MIB)
              .warn(is("false"))
              .why("one thread collects while the others stand still")
              .fix("-XX:+UseG1GC")
              .source(JAVA),
          rule("jvm.gc.parallel", "UseParallelGC")
              .info(is("false"))
              .why("it stops everything for each full collection; made for batch jobs")
              .fix("-XX:+UseG1GC")
              .source(JAVA),
          rule("jvm.gc.time", "gc.share")
              .in(Unit.SHARE)
              .critical(atMost(0.25))
              .warn(atMost(0.10))
              .why("so much of the time since the start was spent in collections")
              .fix("-XX:MaxRAMPercentage=<more>, or less garbage: take a profile")
              .source("JVM, GarbageCollectorMXBean"),
          rule("jvm.gc.pause", "MaxGCPauseMillis")
              .when(f -> f.is("UseG1GC", "true"))
              .info(between(20, 1000))
              .why("the collector trades throughput for this goal, or gives latency up for it")
              .fix("-XX:MaxGCPauseMillis=200")
              .source(JAVA),
          rule("jvm.gc.threads", "ParallelGCThreads")
              .warn(atMost(f -> f.number("cpus")))
              .why("collector threads wait for each other, so more than CPUs make pauses longer")
              .fix("remove -XX:ParallelGCThreads")
              .source(JAVA),
          rule("jvm.gc.explicit", "DisableExplicitGC")
              .warn(is("false"))
              .why("direct buffers are freed by a System.gc() that this ignores")
              .fix("-XX:+ExplicitGCInvokesConcurrent instead of -XX:+DisableExplicitGC")
              .source(JAVA),
          rule("jvm.oom.exit", "oom.exit")
              .warn(is("true"))
              .why("after OutOfMemoryError a service lives on with threads missing")
              .fix("-XX:+ExitOnOutOfMemoryError")
              .source(JAVA),
          rule("jvm.oom.dump", "HeapDumpOnOutOfMemoryError")
              .info(is("true"))
              .why("only a heap dump tells afterwards what filled the heap")
              .fix("-XX:+HeapDumpOnOutOfMemoryError -XX:HeapDumpPath=<volume>")
              .source(JAVA),
          rule("jvm.oom.path", "HeapDumpPath")
              .when(f -> f.is("HeapDumpOnOutOfMemoryError", "true"))
              .info(isNot(""))
              .why("the dump goes to the working directory, which a container loses")
              .fix("-XX:HeapDumpPath=<volume>")
              .source(JAVA),
          rule("jvm.container", "UseContainerSupport")
              .critical(is("true"))
              .why("heap and threads are sized by the host, not by the container")
              .fix("remove -XX:-UseContainerSupport")
              .source("JDK-8146115"),
          rule("jvm.code_cache.size", "ReservedCodeCacheSize")
              .in(Unit.BYTES)
              .warn(atLeast(64 * MIB))
              .why("when it is full nothing more is compiled, and the service slows down")
              .fix("-XX:ReservedCodeCacheSize=240m")
              .source(JAVA),
          rule("jvm.code_cache.used", "code.share")
              .in(Unit.SHARE)
              .warn(atMost(0.9))
              .why("when it is full nothing more is compiled, and the service slows down")
              .fix("-XX:ReservedCodeCacheSize=<more>")
              .source(JAVA),
          rule("jvm.compiler.level", "TieredStopAtLevel")
              .warn(atLeast(4))
              .why("hot code stays at a third of its speed")
              .fix("remove -XX:TieredStopAtLevel")
              .source(JAVA),
          rule("jvm.compiler.mode", "mode")
              .warn(text("mixed mode", mode -> mode.contains("mixed")))
              .why("interpreted code is 10 to 50 times slower; compiling all of it starts slowly")
              .fix("remove -Xint or -Xcomp")
              .source(JAVA),
          rule("jvm.metaspace", "MaxMetaspaceSize")
              // Unlimited is the largest number, which some JVMs write as -1.
              .when(f -> f.number("MaxMetaspaceSize") > 0)
              .in(Unit.BYTES)
              .warn(atLeast(128 * MIB))
              .why("a service of usual size has that much in classes: OutOfMemoryError otherwise")
              .fix("-XX:MaxMetaspaceSize=256m")
              .source(JAVA),
          rule("jvm.stack", "ThreadStackSize")
              .info(atMost(2048))
              .why("kibibytes that each platform thread reserves")
              .fix("-Xss1m")
              .source(JAVA),
          rule("jvm.debug", "debug")
              .critical(is("off", "loopback"))
              .why("whoever reaches the debug port runs code in this process")
              .fix("address=127.0.0.1:5005 in -agentlib:jdwp, or none in production")
              .source("JPDA, connection and invocation details"),
          rule("jvm.jmx", "jmx")
              .critical(isNot("open"))
              .why("whoever reaches the JMX port runs code in this process")
              .fix("-Dcom.sun.management.jmxremote.authenticate=true")
              .source("Java Platform, Monitoring and Management using JMX"),
          rule("jvm.dns", "dns.ttl")
              .warn(text("0 to 60", ttl -> Facts.parse(ttl) >= 0 && Facts.parse(ttl) <= 60))
              .why("addresses are kept so many seconds, -1 for ever: a failover is not noticed")
              .fix("-Dsun.net.inetaddr.ttl=30")
              .source("java.net.InetAddress"),
          rule("jvm.deadlock", "deadlocked")
              .critical(atMost(0))
              .why("these threads wait for each other and never go on")
              .fix("jstack <pid> names them and their locks")
              .source("java.lang.management.ThreadMXBean"));

  private Jvm() {}
}
