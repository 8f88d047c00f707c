package io.spinforge.metrics.doctor;

import static io.spinforge.metrics.doctor.Expected.atLeast;
import static io.spinforge.metrics.doctor.Expected.atMost;
import static io.spinforge.metrics.doctor.Expected.is;
import static io.spinforge.metrics.doctor.Expected.isNot;
import static io.spinforge.metrics.doctor.Rule.rule;

import io.spinforge.metrics.system.LinuxFiles;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The kernel: queues and buffers of TCP, memory, and the clock. */
final class Kernel {
  private static final String GUIDE = "tuning guide, Linux";
  private static final String IP = "Linux, ip-sysctl";
  private static final String VM = "Linux, admin-guide/sysctl/vm";
  private static final double BUFFER = 134_217_728;

  private static final List<String> SYSCTLS =
      List.of(
          "net.core.somaxconn",
          "net.core.rmem_max",
          "net.core.wmem_max",
          "net.core.netdev_max_backlog",
          "net.ipv4.tcp_max_syn_backlog",
          "net.ipv4.tcp_fastopen",
          "net.ipv4.tcp_tw_reuse",
          "net.ipv4.tcp_tw_recycle",
          "net.ipv4.tcp_syncookies",
          "net.ipv4.tcp_slow_start_after_idle",
          "net.ipv4.tcp_fin_timeout",
          "net.ipv4.tcp_keepalive_time",
          "net.ipv4.tcp_abort_on_overflow",
          "net.ipv4.tcp_timestamps",
          "net.ipv4.tcp_sack",
          "net.ipv4.tcp_window_scaling",
          "vm.swappiness",
          "vm.max_map_count",
          "vm.zone_reclaim_mode",
          "kernel.pid_max",
          "fs.file-max");

  static final List<Rule> RULES =
      List.of(
          sysctl("net.core.somaxconn", 65_535)
              .warn(atLeast(4096))
              .info(atLeast(65_535))
              .why("it caps every listen backlog; connections beyond it are dropped in a burst")
              .source(GUIDE),
          sysctl("net.ipv4.tcp_max_syn_backlog", 65_535)
              .warn(atLeast(512))
              .info(atLeast(65_535))
              .why("half-open connections beyond it are dropped, or answered by SYN cookies")
              .source(GUIDE),
          buffer("net.core.rmem_max"),
          buffer("net.core.wmem_max"),
          window("net.ipv4.tcp_rmem", "4096 87380 134217728"),
          window("net.ipv4.tcp_wmem", "4096 65536 134217728"),
          sysctl("net.ipv4.tcp_fastopen", 3)
              .info(is("3"))
              .why("a known client's request travels with its first packet, both ways with 3")
              .source(GUIDE),
          sysctl("net.ipv4.tcp_tw_reuse", 1)
              .info(is("1"))
              .why("outgoing connections to one address run out of ports while old ones linger")
              .source(GUIDE),
          sysctl("net.ipv4.tcp_tw_recycle", 0)
              .critical(is("0"))
              .why("it drops clients that share an address; Linux 4.12 removed it")
              .source(IP),
          rule("kernel.ip_local_port_range", "ports")
              .warn(atLeast(16_384))
              .info(atLeast(28_232))
              .why("each connection to one address and port needs a local port of its own")
              .fix("sysctl -w net.ipv4.ip_local_port_range=\"32768 60999\"")
              .source(IP),
          sysctl("net.ipv4.tcp_syncookies", 1)
              .warn(isNot("0"))
              .why("without them a flood of SYNs keeps real clients out")
              .source(IP),
          sysctl("net.ipv4.tcp_slow_start_after_idle", 0)
              .info(is("0"))
              .why("kept-alive connections fall back to a small window after each pause")
              .source(IP),
          sysctl("net.ipv4.tcp_fin_timeout", 60)
              .info(atMost(60))
              .why("orphaned connections are kept that many seconds")
              .source(IP),
          sysctl("net.ipv4.tcp_keepalive_time", 7200)
              .info(atMost(7200))
              .why("dead peers are noticed no sooner")
              .source(IP),
          sysctl("net.ipv4.tcp_abort_on_overflow", 0)
              .warn(is("0"))
              .why("a burst resets clients that would have been served on their next try")
              .source(IP),
          sysctl("net.ipv4.tcp_timestamps", 1)
              .info(isNot("0"))
              .why("round trips are measured worse, and ports cannot be reused safely")
              .source("RFC 7323"),
          sysctl("net.ipv4.tcp_sack", 1)
              .warn(is("1"))
              .why("one lost packet makes the sender repeat a whole window")
              .source("RFC 2018"),
          sysctl("net.ipv4.tcp_window_scaling", 1)
              .warn(is("1"))
              .why("no connection can have more than 64 KiB under way")
              .source("RFC 7323"),
          sysctl("net.core.netdev_max_backlog", 1000)
              .info(atLeast(1000))
              .why("packets that arrive faster than they are taken are dropped beyond it")
              .source("Linux, admin-guide/sysctl/net"),
          rule("kernel.listen_overflows", "ListenOverflows")
              .when(facts -> facts.number("net.core.somaxconn") < 65_535)
              .warn(atMost(0))
              .why("so many connections were dropped because a listen backlog was full")
              .fix("sysctl -w net.core.somaxconn=65535, and a larger backlog of the server")
              .source("Linux, networking/snmp_counter"),
          rule("kernel.conntrack", "conntrack")
              .in(Unit.SHARE)
              .critical(atMost(0.95))
              .warn(atMost(0.80))
              .why("a full connection table drops new connections of every service")
              .fix("sysctl -w net.netfilter.nf_conntrack_max=<twice as many>")
              .source("Linux, networking/nf_conntrack-sysctl"),
          sysctl("vm.swappiness", 10)
              .when(facts -> facts.number("swap") > 0)
              .info(atMost(10))
              .why("a collector that walks a heap in swap stops the service for seconds")
              .source(VM),
          sysctl("vm.max_map_count", 262_144)
              .warn(atLeast(65_530))
              .why("threads and mapped files need maps; a JVM without one dies")
              .source(VM),
          sysctl("vm.zone_reclaim_mode", 0)
              .warn(is("0"))
              .why("memory is taken from the page cache while another node has free memory")
              .source(VM),
          sysctl("kernel.pid_max", 4_194_304)
              .warn(atLeast(32_768))
              .why("each thread needs a number")
              .source("Linux, admin-guide/sysctl/kernel"),
          sysctl("fs.file-max", 2_097_152)
              .warn(atLeast(65_535))
              .why("all processes together cannot have more files and sockets open")
              .source("Linux, admin-guide/sysctl/fs"),
          rule("kernel.file_handles", "file-handles")
              .in(Unit.SHARE)
              .critical(atMost(0.9))
              .why("beyond fs.file-max nobody can open a file or accept a connection")
              .fix("sysctl -w fs.file-max=<twice as many>")
              .source("Linux, admin-guide/sysctl/fs"),
          rule("kernel.transparent_hugepage", "transparent_hugepage")
              .info(is("madvise", "never"))
              .why("a fork of Redis copies 2 MiB for each byte that is written meanwhile")
              .fix("echo madvise > /sys/kernel/mm/transparent_hugepage/enabled")
              .source("Redis, latency"),
          rule("kernel.clocksource", "clocksource")
              .warn(isNot("hpet", "acpi_pm", "jiffies", "refined-jiffies"))
              .why("System.nanoTime becomes a slow system call; every measurement pays for it")
              .fix("kernel parameter clocksource=tsc, if the machine's is stable")
              .source("Linux, timers/timekeeping"));

  private Kernel() {}

  private static Rule sysctl(String key, long value) {
    String last = key.substring(key.lastIndexOf('.') + 1);
    return rule("kernel." + last, key).fix("sysctl -w " + key + "=" + value);
  }

  /** The guide's 128 MiB, but of a small machine no more than a 64th: buffers are not swapped. */
  private static double buffer(Facts facts) {
    double share = Math.floor(facts.number("memory") / 64);
    return share < BUFFER ? share : BUFFER;
  }

  private static Rule buffer(String key) {
    return rule("kernel." + key.substring(key.lastIndexOf('.') + 1), key)
        .in(Unit.BYTES)
        .info(atLeast(Kernel::buffer))
        .why("no socket may ask for more, so long fat links stay half empty")
        .fix(facts -> "sysctl -w " + key + "=" + (long) buffer(facts))
        .source(GUIDE);
  }

  private static Rule window(String key, String guide) {
    return rule("kernel." + key.substring(key.lastIndexOf('.') + 1), key)
        .in(Unit.BYTES)
        .info(atLeast(Kernel::buffer))
        .why("TCP grows its buffers no further: bandwidth is at most this a round trip")
        .fix(
            facts ->
                "sysctl -w "
                    + key
                    + "=\""
                    + guide.replace("134217728", "" + (long) buffer(facts))
                    + "\"")
        .source(GUIDE);
  }

  static Facts facts(LinuxFiles files) {
    Facts facts = new Facts("host");
    if (files.text("proc/sys/kernel/ostype") == null) {
      return facts.unreadable("/proc/sys", "not there, or not allowed (is this Linux?)");
    }
    for (String key : SYSCTLS) {
      facts.put(key, files.text("proc/sys/" + key.replace('.', '/')));
    }
    for (String key : List.of("net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem")) {
      facts.put(key, word(files.text("proc/sys/" + key.replace('.', '/')), 2));
    }
    double kibibytes = kibibytes(files, "MemTotal:");
    facts.put("memory", kibibytes * 1024);
    facts.put("swap", kibibytes(files, "SwapTotal:"));
    String ports = files.text("proc/sys/net/ipv4/ip_local_port_range");
    facts.put("ports", number(word(ports, 1)) - number(word(ports, 0)) + 1);
    facts.put("ListenOverflows", tcpExt(files, "ListenOverflows"));
    String conntrack = "proc/sys/net/netfilter/nf_conntrack_";
    facts.put("conntrack", files.number(conntrack + "count") / files.number(conntrack + "max"));
    String handles = files.text("proc/sys/fs/file-nr");
    facts.put("file-handles", number(word(handles, 0)) / number(word(handles, 2)));
    String pages = files.text("sys/kernel/mm/transparent_hugepage/enabled");
    if (pages != null && pages.contains("[")) {
      facts.put(
          "transparent_hugepage", pages.substring(pages.indexOf('[') + 1, pages.indexOf(']')));
    }
    facts.put(
        "clocksource",
        files.text("sys/devices/system/clocksource/clocksource0/current_clocksource"));
    return facts;
  }

  static double kibibytes(LinuxFiles files, String key) {
    return files.lines("proc/meminfo").stream()
        .filter(line -> line.startsWith(key))
        .mapToDouble(line -> number(word(line, 1)))
        .findFirst()
        .orElse(Double.NaN);
  }

  /** Names on one line, numbers on the next. */
  private static double tcpExt(LinuxFiles files, String name) {
    List<String> lines =
        files.lines("proc/net/netstat").stream().filter(l -> l.startsWith("TcpExt:")).toList();
    if (lines.size() == 2) {
      int at = List.of(lines.get(0).split(" ", -1)).indexOf(name);
      return at < 0 ? Double.NaN : number(word(lines.get(1), at));
    }
    return Double.NaN;
  }

  private static @Nullable String word(@Nullable String text, int at) {
    String[] words = text == null ? new String[0] : text.strip().split("\\s+", -1);
    return at < words.length ? words[at] : null;
  }

  private static double number(@Nullable String text) {
    return text == null ? Double.NaN : Facts.parse(text);
  }
}
