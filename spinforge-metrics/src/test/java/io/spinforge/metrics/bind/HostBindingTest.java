package io.spinforge.metrics.bind;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.spinforge.metrics.system.HealthyHost;
import io.spinforge.metrics.system.LinuxFiles;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostBindingTest {
  @TempDir Path root;

  private final MockClock clock = new MockClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);

  private double memory(String kind) {
    return registry.get("spinforge.container.memory").tags("kind", kind).gauge().value();
  }

  private double io(String device, String kind) {
    return registry
        .get("spinforge.host.io")
        .tags("device", device, "kind", kind)
        .functionCounter()
        .count();
  }

  private double throttled() {
    return registry.get("spinforge.container.cpu.throttled").functionCounter().count();
  }

  @Test
  void containerAndHostAreMetersUntilTheBindingIsClosed() {
    HealthyHost host = HealthyHost.in(root).devices();
    Binding binding = HostBinding.of(registry, host.files());
    assertThat(throttled()).isEqualTo(0.0025);
    assertThat(memory("used")).isEqualTo(3L << 30);
    assertThat(memory("working")).isEqualTo(2L << 30);
    assertThat(memory("limit")).isEqualTo(4L << 30);
    assertThat(
            registry
                .get("spinforge.host.pressure")
                .tags("resource", "io", "kind", "full")
                .gauge()
                .value())
        .isEqualTo(0.005);
    assertThat(io("eth0", "received")).isEqualTo(1000);
    assertThat(io("eth0", "sent")).isEqualTo(2000);
    assertThat(io("sda", "read")).isEqualTo(8 * 512);
    assertThat(io("sda", "written")).isEqualTo(16 * 512);
    // Neither loopback, nor partitions, nor what never moved a byte.
    assertThat(registry.find("spinforge.host.io").meters()).hasSize(4);
    binding.close();
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void versionOneOfControlGroupsIsBoundTheSame() {
    HostBinding.of(registry, HealthyHost.in(root).versionOne().files());
    assertThat(throttled()).isEqualTo(0.0025);
    assertThat(memory("limit")).isEqualTo(4L << 30);
  }

  @Test
  void withoutControlGroupsAndPressureThereAreNoSuchMeters() {
    HealthyHost host = HealthyHost.in(root).noContainer().devices();
    for (String resource : new String[] {"cpu", "memory", "io"}) {
      host.remove("proc/pressure/" + resource);
    }
    HostBinding.of(registry, host.files());
    assertThat(registry.getMeters())
        .extracting(meter -> meter.getId().getName())
        .containsOnly("spinforge.host.io");
  }

  @Test
  void aMachineThatTellsNothingHasNoMetersAndNoException() {
    HostBinding.of(registry, new LinuxFiles(root.resolve("nothing"))).close();
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void devicesComeAndGo() {
    HealthyHost host = HealthyHost.in(root).devices();
    HostBinding.of(registry, host.files());
    host.write("proc/net/dev", "a\nb\n  eth1: 5 0 0 0 0 0 0 0 7 0");
    assertThat(io("eth0", "sent")).isEqualTo(2000); // still fresh
    clock.add(Duration.ofSeconds(1));
    io("sda", "read"); // whoever reads notices
    assertThat(io("eth1", "sent")).isEqualTo(7);
    assertThat(registry.find("spinforge.host.io").tags("device", "eth0").meters()).isEmpty();
  }

  @Test
  void aCountThatCannotBeReadAnyMoreStaysWhereItWas() {
    HealthyHost host = HealthyHost.in(root);
    HostBinding.of(registry, host.files());
    assertThat(throttled()).isEqualTo(0.0025);
    host.group("cpu.stat", "gone").group("memory.current", "gone");
    assertThat(throttled()).isEqualTo(0.0025);
    assertThat(memory("used")).isNaN();
  }

  @Test
  void aMachineIsBoundOnceARegistry() {
    LinuxFiles files = HealthyHost.in(root).devices().files();
    Binding first = HostBinding.of(registry, files);
    int meters = registry.getMeters().size();
    HostBinding.of(registry, files).close();
    assertThat(registry.getMeters()).hasSize(meters);
    first.close();
    assertThat(registry.getMeters()).extracting(Meter::getId).isEmpty();
  }
}
