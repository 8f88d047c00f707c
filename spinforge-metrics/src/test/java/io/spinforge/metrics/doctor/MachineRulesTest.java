package io.spinforge.metrics.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.metrics.system.HealthyHost;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kernel, limits and container: faults are planted as files of a machine that is healthy. */
class MachineRulesTest {
  private static final int CPUS = 4;

  @TempDir Path root;

  private HealthyHost host;

  @BeforeEach
  void healthyHost() {
    host = HealthyHost.in(root);
  }

  private List<Diagnosis> examine() {
    List<Diagnosis> all = new ArrayList<>();
    all.addAll(Examination.judged(Family.KERNEL, Kernel.facts(host.files())));
    all.addAll(Examination.judged(Family.LIMITS, Limits.facts(host.files())));
    all.addAll(Examination.judged(Family.CONTAINER, Container.facts(host.files(), CPUS)));
    return all;
  }

  /** A fault that the rule of its name finds. */
  private record Plant(Severity severity, Consumer<HealthyHost> fault) {}

  private static final Map<String, Plant> PLANTS = new LinkedHashMap<>();

  private static void sysctl(String rule, Severity severity, String key, String value) {
    plant(rule, severity, host -> host.write("proc/sys/" + key.replace('.', '/'), value));
  }

  private static void plant(String rule, Severity severity, Consumer<HealthyHost> fault) {
    PLANTS.put(rule, new Plant(severity, fault));
  }

  static {
    sysctl("kernel.somaxconn", Severity.WARN, "net.core.somaxconn", "128");
    sysctl("kernel.tcp_max_syn_backlog", Severity.INFO, "net.ipv4.tcp_max_syn_backlog", "4096");
    sysctl("kernel.rmem_max", Severity.INFO, "net.core.rmem_max", "212992");
    sysctl("kernel.wmem_max", Severity.INFO, "net.core.wmem_max", "212992");
    sysctl("kernel.tcp_rmem", Severity.INFO, "net.ipv4.tcp_rmem", "4096 131072 6291456");
    sysctl("kernel.tcp_wmem", Severity.INFO, "net.ipv4.tcp_wmem", "4096 16384 4194304");
    sysctl("kernel.tcp_fastopen", Severity.INFO, "net.ipv4.tcp_fastopen", "1");
    sysctl("kernel.tcp_tw_reuse", Severity.INFO, "net.ipv4.tcp_tw_reuse", "2");
    sysctl("kernel.tcp_tw_recycle", Severity.CRITICAL, "net.ipv4.tcp_tw_recycle", "1");
    sysctl(
        "kernel.ip_local_port_range", Severity.WARN, "net.ipv4.ip_local_port_range", "60000 65000");
    sysctl("kernel.tcp_syncookies", Severity.WARN, "net.ipv4.tcp_syncookies", "0");
    sysctl(
        "kernel.tcp_slow_start_after_idle",
        Severity.INFO,
        "net.ipv4.tcp_slow_start_after_idle",
        "1");
    sysctl("kernel.tcp_fin_timeout", Severity.INFO, "net.ipv4.tcp_fin_timeout", "120");
    sysctl("kernel.tcp_keepalive_time", Severity.INFO, "net.ipv4.tcp_keepalive_time", "14400");
    sysctl("kernel.tcp_abort_on_overflow", Severity.WARN, "net.ipv4.tcp_abort_on_overflow", "1");
    sysctl("kernel.tcp_timestamps", Severity.INFO, "net.ipv4.tcp_timestamps", "0");
    sysctl("kernel.tcp_sack", Severity.WARN, "net.ipv4.tcp_sack", "0");
    sysctl("kernel.tcp_window_scaling", Severity.WARN, "net.ipv4.tcp_window_scaling", "0");
    sysctl("kernel.netdev_max_backlog", Severity.INFO, "net.core.netdev_max_backlog", "300");
    plant(
        "kernel.listen_overflows",
        Severity.WARN,
        host ->
            host.write("proc/sys/net/core/somaxconn", "4096")
                .write("proc/net/netstat", "TcpExt: A ListenOverflows\nTcpExt: 0 7"));
    sysctl("kernel.conntrack", Severity.WARN, "net.netfilter.nf_conntrack_count", "220000");
    sysctl("kernel.swappiness", Severity.INFO, "vm.swappiness", "60");
    sysctl("kernel.max_map_count", Severity.WARN, "vm.max_map_count", "4096");
    sysctl("kernel.zone_reclaim_mode", Severity.WARN, "vm.zone_reclaim_mode", "1");
    sysctl("kernel.pid_max", Severity.WARN, "kernel.pid_max", "4096");
    sysctl("kernel.file-max", Severity.WARN, "fs.file-max", "8192");
    sysctl("kernel.file_handles", Severity.CRITICAL, "fs.file-nr", "99000 0 100000");
    plant(
        "kernel.transparent_hugepage",
        Severity.INFO,
        host -> host.write("sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never"));
    plant(
        "kernel.clocksource",
        Severity.WARN,
        host ->
            host.write(
                "sys/devices/system/clocksource/clocksource0/current_clocksource", "acpi_pm"));

    limit("limits.nofile", Severity.WARN, "open files", "1024");
    limit("limits.nofile.hard", Severity.INFO, "open files", "4096");
    limit("limits.nofile.used", Severity.CRITICAL, "open files", "1");
    limit("limits.nproc", Severity.WARN, "processes", "512");
    limit("limits.nproc.used", Severity.CRITICAL, "processes", "42");
    limit("limits.address_space", Severity.CRITICAL, "address space", "8589934592");
    limit("limits.data", Severity.WARN, "data size", "8589934592");
    limit("limits.stack", Severity.INFO, "stack size", "1073741824");
    limit("limits.cpu_time", Severity.CRITICAL, "cpu time", "3600");
    limit("limits.file_size", Severity.WARN, "file size", "1048576");
    plant(
        "limits.oom_score_adj",
        Severity.INFO,
        host -> host.write("proc/self/oom_score_adj", "500"));

    plant("container.cgroup", Severity.INFO, HealthyHost::versionOne);
    group("container.memory.limit", Severity.WARN, "memory.max", "134217728");
    group("container.memory.unlimited", Severity.INFO, "memory.max", "max");
    group("container.memory.used", Severity.CRITICAL, "memory.current", "5300000000");
    group("container.memory.kills", Severity.CRITICAL, "memory.events", "high 0\noom_kill 2");
    group("container.memory.high", Severity.WARN, "memory.events", "high 12\noom_kill 0");
    group("container.swap", Severity.INFO, "memory.swap.max", "1073741824");
    group("container.cpu.limit", Severity.WARN, "cpu.max", "50000 100000");
    group(
        "container.cpu.throttled",
        Severity.CRITICAL,
        "cpu.stat",
        "nr_periods 1000\nnr_throttled 300\nthrottled_usec 9");
    group("container.cpu.seen", Severity.WARN, "cpu.max", "200000 100000");
    group("container.threads.limit", Severity.WARN, "pids.max", "512");
    group("container.threads.used", Severity.CRITICAL, "pids.current", "4000");
    plant("container.pressure.cpu", Severity.WARN, host -> host.pressure("cpu", "60.00"));
    plant("container.pressure.memory", Severity.CRITICAL, host -> host.pressure("memory", "30.00"));
    plant("container.pressure.io", Severity.WARN, host -> host.pressure("io", "25.00"));
  }

  private static void limit(String rule, Severity severity, String what, String value) {
    plant(rule, severity, host -> host.limit(what, value, "x"));
  }

  private static void group(String rule, Severity severity, String file, String text) {
    plant(rule, severity, host -> host.group(file, text));
  }

  static Stream<String> rules() {
    return Stream.of(Family.KERNEL, Family.LIMITS, Family.CONTAINER)
        .flatMap(family -> Examination.RULES.getOrDefault(family, List.of()).stream())
        .map(Rule::name);
  }

  @Test
  void aHealthyMachineHasNoFindings() {
    assertThat(examine()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("rules")
  void everyPlantedFaultIsFound(String rule) {
    assertThat(PLANTS).as("a planted fault of each rule").containsKey(rule);
    Plant plant = PLANTS.get(rule);
    plant.fault.accept(host);
    assertThat(examine())
        .filteredOn(diagnosis -> diagnosis.rule().equals(rule))
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.severity()).isEqualTo(plant.severity);
              assertThat(found.live()).isNotBlank();
              assertThat(found.expected()).isNotBlank();
              assertThat(found.why()).isNotBlank();
              assertThat(found.fix()).isNotBlank();
              assertThat(found.source()).isNotBlank();
            });
  }

  @Test
  void aSmallMachineIsNotAskedForBuffersItHasNoMemoryFor() {
    host.write("proc/meminfo", "MemTotal: 1048576 kB\nSwapTotal: 0 kB")
        .write("proc/sys/net/core/rmem_max", "4194304");
    assertThat(examine())
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.rule()).isEqualTo("kernel.rmem_max");
              assertThat(found.live()).isEqualTo("4 MiB");
              assertThat(found.expected()).isEqualTo("at least 16 MiB");
              assertThat(found.fix()).isEqualTo("sysctl -w net.core.rmem_max=16777216");
            });
  }

  @Test
  void aMachineThatIsNotLinuxSaysThatItCannotBeRead() {
    host.remove("proc/sys/kernel/ostype").remove("proc/self/limits").noContainer();
    assertThat(examine())
        .extracting(Diagnosis::rule)
        .containsExactly("kernel.unreadable", "limits.unreadable", "container.unreadable");
    assertThat(examine()).extracting(Diagnosis::severity).containsOnly(Severity.UNREADABLE);
  }

  @Test
  void versionOneOfControlGroupsIsReadTheSame() {
    host.versionOne();
    assertThat(examine()).extracting(Diagnosis::rule).containsExactly("container.cgroup");
    host.write("sys/fs/cgroup/cpu/cpu.stat", "nr_periods 1000\nnr_throttled 100\nthrottled_time 9")
        .write("sys/fs/cgroup/memory/memory.oom_control", "oom_kill 1");
    assertThat(examine())
        .extracting(Diagnosis::rule)
        .containsExactlyInAnyOrder(
            "container.cgroup", "container.cpu.throttled", "container.memory.kills");
  }

  @Test
  void garbageInFilesIsNotHeldAgainstTheMachine() {
    host.write("proc/sys/net/core/somaxconn", "many")
        .write("proc/sys/net/ipv4/tcp_rmem", "")
        .write("proc/meminfo", "nothing")
        .write("proc/net/netstat", "TcpExt: A\n")
        .group("cpu.max", "x y z")
        .group("cpu.stat", "nr_periods")
        .write("proc/pressure/cpu", "some avg10=\nfull");
    assertThat(examine()).isEmpty();
  }
}
