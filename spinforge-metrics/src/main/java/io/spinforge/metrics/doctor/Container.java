package io.spinforge.metrics.doctor;

import static io.spinforge.metrics.doctor.Expected.atLeast;
import static io.spinforge.metrics.doctor.Expected.atMost;
import static io.spinforge.metrics.doctor.Expected.is;
import static io.spinforge.metrics.doctor.Rule.rule;

import io.spinforge.metrics.system.Cgroup;
import io.spinforge.metrics.system.LinuxFiles;
import io.spinforge.metrics.system.Pressure;
import java.util.List;
import java.util.Locale;

/** The control group this process is in, and what it waits for. */
final class Container {
  private static final String GUIDE = "tuning guide, Docker";
  private static final String CGROUP = "Linux, admin-guide/cgroup-v2";
  private static final String PSI = "Linux, accounting/psi";

  static final List<Rule> RULES =
      List.of(
          rule("container.cgroup", "version")
              .info(is("v2"))
              .why("version 1 has no pressure per group and no soft limit, and is being removed")
              .fix("kernel parameter systemd.unified_cgroup_hierarchy=1")
              .source(CGROUP),
          rule("container.memory.limit", "memory.limit")
              .in(Unit.BYTES)
              .warn(atLeast(268_435_456))
              .why("a JVM needs about 200 MiB beside its heap for code, classes and threads")
              .fix("docker run --memory=4g")
              .source(GUIDE),
          rule("container.memory.unlimited", "memory.unlimited")
              .info(is("limited"))
              .why("one leak takes the whole host down, and the heap is sized by the host")
              .fix("docker run --memory=4g, MemoryMax=4G (systemd)")
              .source(GUIDE),
          rule("container.memory.used", "memory.used")
              .in(Unit.SHARE)
              .critical(atMost(0.95))
              .warn(atMost(0.90))
              .why("the kernel kills a process of the group when the limit is reached")
              .fix("docker run --memory=<more>, or a smaller -XX:MaxRAMPercentage")
              .source(CGROUP),
          rule("container.memory.kills", "oom_kills")
              .critical(atMost(0))
              .why("the kernel has killed a process of this group for want of memory")
              .fix("docker run --memory=<more>, or a smaller -XX:MaxRAMPercentage")
              .source(CGROUP),
          rule("container.memory.high", "slowed")
              .warn(atMost(0))
              .why("at memory.high the kernel slows the group down to take memory back")
              .fix("raise memory.high, or set it to max")
              .source(CGROUP),
          rule("container.swap", "swap")
              .in(Unit.BYTES)
              .info(atMost(0))
              .why("a heap in swap turns each collection into seconds of disk reads")
              .fix("docker run --memory=4g --memory-swap=4g")
              .source(CGROUP),
          rule("container.cpu.limit", "cpus")
              .warn(atLeast(1))
              .why("below one CPU, collector and compiler steal the time of requests")
              .fix("docker run --cpus=4")
              .source(GUIDE),
          rule("container.cpu.throttled", "throttled")
              .in(Unit.SHARE)
              .critical(atMost(0.25))
              .warn(atMost(0.05))
              .why("in these periods everything stood still, up to 100 ms at a time")
              .fix("docker run --cpus=<more>, or fewer threads at a time")
              .source("Linux, scheduler/sched-bwc"),
          rule("container.cpu.seen", "jvm.cpus")
              .when(facts -> facts.has("cpus"))
              .warn(atMost(facts -> Math.max(1, Math.ceil(facts.number("cpus")))))
              .why("pools and collectors sized for more CPUs than there are are throttled")
              .fix("remove -XX:ActiveProcessorCount, or set it to the limit")
              .source("JDK-8146115"),
          rule("container.threads.limit", "threads.limit")
              .warn(atLeast(1024))
              .why("beyond it no thread starts: OutOfMemoryError, unable to create native thread")
              .fix("docker run --pids-limit=4096")
              .source(CGROUP),
          rule("container.threads.used", "threads.used")
              .in(Unit.SHARE)
              .critical(atMost(0.9))
              .warn(atMost(0.7))
              .why("beyond the limit no thread starts")
              .fix("docker run --pids-limit=<more>")
              .source(CGROUP),
          pressure("container.pressure.cpu", "cpu.some", 0.5, 0.9)
              .why("tasks wait for a CPU that much of the time")
              .fix("more CPUs, or less beside this service"),
          pressure("container.pressure.memory", "memory.full", 0.05, 0.2)
              .why("nothing runs because memory is being taken back or read again")
              .fix("more memory, or a smaller heap"),
          pressure("container.pressure.io", "io.full", 0.2, 0.5)
              .why("nothing runs because everybody waits for a disk")
              .fix("a faster disk, fewer writes, or less beside this service"));

  private Container() {}

  private static Rule pressure(String name, String fact, double warn, double critical) {
    return rule(name, fact)
        .in(Unit.SHARE)
        .critical(atMost(critical))
        .warn(atMost(warn))
        .source(PSI);
  }

  static Facts facts(LinuxFiles files, int jvmCpus) {
    Cgroup group = Cgroup.of(files);
    Facts facts = new Facts("container");
    for (String resource : Pressure.RESOURCES) {
      for (String kind : Pressure.KINDS) {
        facts.put(resource + "." + kind, Pressure.share(files, resource, kind, 60));
      }
    }
    if (group.version() == Cgroup.Version.NONE) {
      return facts.unreadable("/sys/fs/cgroup", "no control group of version 1 or 2");
    }
    facts.put("version", group.version().name().toLowerCase(Locale.ROOT));
    double limit = group.memoryLimit();
    facts.put("memory.limit", limit);
    if (!Double.isNaN(group.memoryUsed())) {
      facts.put("memory.unlimited", Double.isNaN(limit) ? "unlimited" : "limited");
    }
    facts.put("memory.used", group.workingSet() / limit);
    facts.put("oom_kills", group.oomKills());
    facts.put("slowed", group.slowedForMemory());
    facts.put("swap", Double.isNaN(limit) ? Double.NaN : group.swapLimit());
    facts.put("cpus", group.cpus());
    Cgroup.Throttling throttling = group.throttling();
    if (throttling.periods() >= 100) {
      facts.put("throttled", throttling.throttled() / throttling.periods());
    }
    facts.put("jvm.cpus", jvmCpus);
    facts.put("threads.limit", group.threadLimit());
    facts.put("threads.used", group.threads() / group.threadLimit());
    return facts;
  }
}
