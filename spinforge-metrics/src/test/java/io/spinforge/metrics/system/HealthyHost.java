package io.spinforge.metrics.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A machine as the tuning guide wants it, as files below a folder; faults are planted in it. */
public final class HealthyHost {
  private final Path root;

  private HealthyHost(Path root) {
    this.root = root;
  }

  /** Writes the machine: 8 CPUs, 64 GiB, a control group of version 2 with 4 CPUs and 4 GiB. */
  public static HealthyHost in(Path root) {
    HealthyHost host = new HealthyHost(root);
    host.kernel();
    host.limits();
    host.container();
    return host;
  }

  public LinuxFiles files() {
    return new LinuxFiles(root);
  }

  public HealthyHost write(String file, String text) {
    try {
      Path path = root.resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, text + "\n");
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public HealthyHost remove(String file) {
    try {
      Files.deleteIfExists(root.resolve(file));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void sysctl(String key, String value) {
    write("proc/sys/" + key.replace('.', '/'), value);
  }

  private void kernel() {
    sysctl("kernel.ostype", "Linux");
    sysctl("net.core.somaxconn", "65535");
    sysctl("net.core.rmem_max", "134217728");
    sysctl("net.core.wmem_max", "134217728");
    sysctl("net.core.netdev_max_backlog", "1000");
    sysctl("net.ipv4.tcp_max_syn_backlog", "65535");
    sysctl("net.ipv4.tcp_rmem", "4096\t87380\t134217728");
    sysctl("net.ipv4.tcp_wmem", "4096\t65536\t134217728");
    sysctl("net.ipv4.tcp_fastopen", "3");
    sysctl("net.ipv4.tcp_tw_reuse", "1");
    sysctl("net.ipv4.ip_local_port_range", "32768\t60999");
    sysctl("net.ipv4.tcp_syncookies", "1");
    sysctl("net.ipv4.tcp_slow_start_after_idle", "0");
    sysctl("net.ipv4.tcp_fin_timeout", "60");
    sysctl("net.ipv4.tcp_keepalive_time", "7200");
    sysctl("net.ipv4.tcp_abort_on_overflow", "0");
    sysctl("net.ipv4.tcp_timestamps", "1");
    sysctl("net.ipv4.tcp_sack", "1");
    sysctl("net.ipv4.tcp_window_scaling", "1");
    sysctl("net.netfilter.nf_conntrack_count", "1000");
    sysctl("net.netfilter.nf_conntrack_max", "262144");
    sysctl("vm.swappiness", "10");
    sysctl("vm.max_map_count", "262144");
    sysctl("vm.zone_reclaim_mode", "0");
    sysctl("kernel.pid_max", "4194304");
    sysctl("fs.file-max", "9223372036854775807");
    sysctl("fs.file-nr", "1500\t0\t9223372036854775807");
    write("proc/meminfo", "MemTotal:       67108864 kB\nSwapTotal:       2097148 kB");
    write(
        "proc/net/netstat",
        "TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 0 0 0\nIpExt: A\nIpExt: 1");
    write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never");
    write("sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc");
  }

  private void limits() {
    limit("cpu time", "unlimited", "seconds");
    limit("file size", "unlimited", "bytes");
    limit("data size", "unlimited", "bytes");
    limit("stack size", "8388608", "bytes");
    limit("processes", "256971", "processes");
    limit("open files", "65535", "files");
    limit("address space", "unlimited", "bytes");
    write("proc/self/fd/0", "");
    write("proc/self/oom_score_adj", "0");
    write("proc/self/status", "Name:\tjava\nThreads:\t40");
  }

  /** Sets a limit, soft and hard, in the columns of the kernel. */
  public HealthyHost limit(String what, String value, String unit) {
    Path file = root.resolve("proc/self/limits");
    String name = "Max " + what;
    StringBuilder all = new StringBuilder();
    if (Files.exists(file)) {
      try {
        Files.readString(file)
            .lines()
            .filter(line -> !line.startsWith(name + " "))
            .forEach(line -> all.append(line).append('\n'));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    } else {
      all.append(
          "Limit                     Soft Limit           Hard Limit           Units     \n");
    }
    all.append("%-26s%-21s%-21s%-10s".formatted(name, value, value, unit));
    return write("proc/self/limits", all.toString());
  }

  private void container() {
    write("proc/self/cgroup", "0::/app.slice/shop.service");
    write("sys/fs/cgroup/cgroup.controllers", "cpu memory pids io");
    group("cpu.max", "400000 100000");
    group("cpu.stat", "usage_usec 5000000\nnr_periods 10000\nnr_throttled 10\nthrottled_usec 2500");
    group("memory.max", "4294967296");
    group("memory.current", "3221225472");
    group("memory.stat", "anon 1\ninactive_file 1073741824");
    group("memory.events", "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0");
    group("memory.swap.max", "0");
    group("pids.max", "4096");
    group("pids.current", "40");
    for (String resource : new String[] {"cpu", "memory", "io"}) {
      pressure(resource, "0.50");
    }
  }

  /** Writes a file of the process's own control group. */
  public HealthyHost group(String file, String text) {
    return write("sys/fs/cgroup/app.slice/shop.service/" + file, text);
  }

  /** Sets how much tasks wait, in percent. */
  public HealthyHost pressure(String resource, String percent) {
    String values = " avg10=%1$s avg60=%1$s avg300=0.10 total=12345".formatted(percent);
    return write("proc/pressure/" + resource, "some" + values + "\nfull" + values);
  }

  /** Puts the process into control groups of version 1 in place of version 2. */
  public HealthyHost versionOne() {
    remove("sys/fs/cgroup/cgroup.controllers");
    write(
        "proc/self/cgroup",
        "12:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n3:pids:/docker/abc\n0::/");
    // No name space: the folder of the path is the host's, the mount shows the group itself.
    String memory = "sys/fs/cgroup/memory/";
    write(memory + "memory.limit_in_bytes", "4294967296");
    write(memory + "memory.usage_in_bytes", "3221225472");
    write(memory + "memory.memsw.limit_in_bytes", "4294967296");
    write(memory + "memory.stat", "cache 5\ntotal_inactive_file 1073741824");
    write(memory + "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 0");
    write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "400000");
    write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000");
    write(
        "sys/fs/cgroup/cpu/cpu.stat", "nr_periods 10000\nnr_throttled 10\nthrottled_time 2500000");
    write("sys/fs/cgroup/pids/pids.max", "4096");
    write("sys/fs/cgroup/pids/pids.current", "40");
    return this;
  }

  /** Takes every control group away. */
  public HealthyHost noContainer() {
    write("proc/self/cgroup", "0::/");
    remove("sys/fs/cgroup/cgroup.controllers");
    return this;
  }

  /** Adds devices: two interfaces and two disks, one of each without a byte. */
  public HealthyHost devices() {
    write(
        "proc/net/dev",
        """
        Inter-|   Receive                                                |  Transmit
         face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs
            lo: 999 1 0 0 0 0 0 0 999 1 0 0 0 0 0 0
          eth0: 1000 10 0 0 0 0 0 0 2000 20 0 0 0 0 0 0
          eth1: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\
        """);
    write(
        "proc/diskstats",
        """
        8       0 sda 10 0 8 5 20 0 16 9 0 9 14
        8       1 sda1 10 0 8 5 20 0 16 9 0 9 14
        7       0 loop0 0 0 0 0 0 0 0 0 0 0 0\
        """);
    write("sys/block/sda/stat", "");
    write("sys/block/loop0/stat", "");
    return this;
  }
}
