package io.spinforge.metrics.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.metrics.system.Cgroup.Version;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupTest {
  @TempDir Path root;

  @Test
  void versionTwoIsReadFromTheProcessesOwnGroup() {
    Cgroup group = Cgroup.of(HealthyHost.in(root).files());
    assertThat(group.version()).isEqualTo(Version.V2);
    assertThat(group.cpus()).isEqualTo(4);
    assertThat(group.memoryLimit()).isEqualTo(4L << 30);
    assertThat(group.memoryUsed()).isEqualTo(3L << 30);
    assertThat(group.workingSet()).isEqualTo(2L << 30);
    assertThat(group.throttling()).isEqualTo(new Cgroup.Throttling(10_000, 10, 0.0025));
    assertThat(group.swapLimit()).isZero();
    assertThat(group.threadLimit()).isEqualTo(4096);
    assertThat(group.threads()).isEqualTo(40);
  }

  @Test
  void limitsOfGroupsAboveBindToo() {
    HealthyHost host = HealthyHost.in(root);
    host.write("sys/fs/cgroup/app.slice/cpu.max", "150000 100000")
        .write("sys/fs/cgroup/app.slice/cpu.stat", "nr_periods 9\nnr_throttled 8\nthrottled_usec 7")
        .write("sys/fs/cgroup/app.slice/memory.max", "1073741824");
    Cgroup group = Cgroup.of(host.files());
    assertThat(group.cpus()).isEqualTo(1.5);
    assertThat(group.memoryLimit()).isEqualTo(1L << 30);
    assertThat(group.throttling().throttled()).isEqualTo(8);
  }

  @Test
  void aContainerThatSeesOnlyItsOwnGroupIsReadAtTheRoot() {
    HealthyHost host = HealthyHost.in(root);
    host.write("proc/self/cgroup", "0::/")
        .write("sys/fs/cgroup/cpu.max", "max 100000")
        .write("sys/fs/cgroup/memory.max", "536870912")
        .write("sys/fs/cgroup/memory.current", "268435456");
    Cgroup group = Cgroup.of(host.files());
    assertThat(group.cpus()).isNaN();
    assertThat(group.memoryLimit()).isEqualTo(512L << 20);
    assertThat(group.workingSet()).isEqualTo(256L << 20);
  }

  @Test
  void versionOneSaysTheSameInItsOwnWords() {
    Cgroup group = Cgroup.of(HealthyHost.in(root).versionOne().files());
    assertThat(group.version()).isEqualTo(Version.V1);
    assertThat(group.cpus()).isEqualTo(4);
    assertThat(group.memoryLimit()).isEqualTo(4L << 30);
    assertThat(group.workingSet()).isEqualTo(2L << 30);
    assertThat(group.throttling()).isEqualTo(new Cgroup.Throttling(10_000, 10, 0.0025));
    assertThat(group.oomKills()).isZero();
    assertThat(group.swapLimit()).isZero();
    assertThat(group.threadLimit()).isEqualTo(4096);
  }

  @Test
  void versionOneWithoutLimitsHasNone() {
    HealthyHost host = HealthyHost.in(root).versionOne();
    host.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712")
        .write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1")
        .write("sys/fs/cgroup/pids/pids.max", "max");
    Cgroup group = Cgroup.of(host.files());
    assertThat(group.memoryLimit()).isNaN();
    assertThat(group.cpus()).isNaN();
    assertThat(group.threadLimit()).isNaN();
  }

  @Test
  void withoutControlGroupsNothingIsKnown() {
    Cgroup group = Cgroup.of(HealthyHost.in(root).noContainer().files());
    assertThat(group.version()).isEqualTo(Version.NONE);
    assertThat(group.cpus()).isNaN();
    assertThat(group.memoryLimit()).isNaN();
    assertThat(group.workingSet()).isNaN();
    assertThat(group.throttling().seconds()).isNaN();
    assertThat(group.oomKills()).isNaN();
    assertThat(group.threads()).isNaN();
  }

  @Test
  void aPathThatLeadsOutOfTheNameSpaceIsReadAtTheRoot() {
    HealthyHost host = HealthyHost.in(root);
    host.write("proc/self/cgroup", "0::/../../other")
        .write("sys/fs/cgroup/cpu.max", "100000 50000");
    assertThat(Cgroup.of(host.files()).cpus()).isEqualTo(2);
  }
}
