package io.spinforge.metrics.doctor;

import static io.spinforge.metrics.doctor.Expected.atLeast;
import static io.spinforge.metrics.doctor.Expected.atMost;
import static io.spinforge.metrics.doctor.Rule.rule;

import io.spinforge.metrics.system.LinuxFiles;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The limits of this process, and how near it is to them. */
final class Limits {
  private static final String GUIDE = "tuning guide, Linux";
  private static final String MAN = "man 2 getrlimit";
  private static final Pattern LINE = Pattern.compile("(Max [a-z ]+?) {2,}(\\S+) +(\\S+).*");

  static final List<Rule> RULES =
      List.of(
          rule("limits.nofile", "Max open files")
              .warn(atLeast(4096))
              .info(atLeast(65_535))
              .why("each connection is a file; beyond the limit none is accepted or opened")
              .fix("LimitNOFILE=65535 (systemd), --ulimit nofile=65535 (Docker)")
              .source(GUIDE),
          rule("limits.nofile.hard", "Max open files hard")
              .warn(atLeast(4096))
              .info(atLeast(65_535))
              .why("the process cannot raise its own limit beyond it")
              .fix("LimitNOFILE=65535 (systemd), * hard nofile 65535 (limits.conf)")
              .source(GUIDE),
          rule("limits.nofile.used", "open")
              .in(Unit.SHARE)
              .critical(atMost(0.9))
              .warn(atMost(0.7))
              .why("open files of this process come near its limit; look for a leak first")
              .fix("LimitNOFILE=<twice as many> (systemd)")
              .source(MAN),
          rule("limits.nproc", "Max processes")
              .warn(atLeast(1024))
              .info(atLeast(4096))
              .why("threads count as processes of the user; beyond it a JVM cannot start one")
              .fix("LimitNPROC=4096 (systemd), * - nproc 4096 (limits.conf)")
              .source(MAN),
          rule("limits.nproc.used", "threads")
              .in(Unit.SHARE)
              .critical(atMost(0.9))
              .warn(atMost(0.7))
              .why("the threads of this process alone come near the user's limit")
              .fix("LimitNPROC=<twice as many> (systemd), or fewer threads")
              .source(MAN),
          rule("limits.address_space", "Max address space")
              .critical(atLeast(Double.POSITIVE_INFINITY))
              .why("a JVM reserves far more addresses than it uses; a limit kills it at random")
              .fix("ulimit -v unlimited; limit the control group's memory instead")
              .source(MAN),
          rule("limits.data", "Max data size")
              .warn(atLeast(Double.POSITIVE_INFINITY))
              .why("heap and thread stacks count as data")
              .fix("ulimit -d unlimited; limit the control group's memory instead")
              .source(MAN),
          rule("limits.stack", "Max stack size")
              .in(Unit.BYTES)
              .info(atMost(67_108_864))
              .why("native threads reserve that much each unless they ask for less")
              .fix("ulimit -s 8192")
              .source(MAN),
          rule("limits.cpu_time", "Max cpu time")
              .critical(atLeast(Double.POSITIVE_INFINITY))
              .why("the kernel kills the process when the time is used up")
              .fix("ulimit -t unlimited")
              .source(MAN),
          rule("limits.file_size", "Max file size")
              .warn(atLeast(Double.POSITIVE_INFINITY))
              .why("a heap dump or a log that reaches it is cut off, or kills the process")
              .fix("ulimit -f unlimited")
              .source(MAN),
          rule("limits.oom_score_adj", "oom_score_adj")
              .info(atMost(0))
              .why("the kernel's killer prefers this process to others of its size")
              .fix("OOMScoreAdjust=0 (systemd), a memory request equal to the limit (Kubernetes)")
              .source("man 5 proc"));

  private Limits() {}

  static Facts facts(LinuxFiles files) {
    Facts facts = new Facts("process");
    List<String> lines = files.lines("proc/self/limits");
    if (lines.isEmpty()) {
      return facts.unreadable("/proc/self/limits", "not there, or not allowed (is this Linux?)");
    }
    for (String line : lines) {
      Matcher limit = LINE.matcher(line);
      if (limit.matches()) {
        facts.put(limit.group(1), limit.group(2));
        facts.put(limit.group(1) + " hard", limit.group(3));
      }
    }
    facts.put("open", files.entries("proc/self/fd") / facts.number("Max open files"));
    double threads = files.number("proc/self/status", "Threads:");
    facts.put("threads", threads / facts.number("Max processes"));
    facts.put("oom_score_adj", files.text("proc/self/oom_score_adj"));
    return facts;
  }
}
