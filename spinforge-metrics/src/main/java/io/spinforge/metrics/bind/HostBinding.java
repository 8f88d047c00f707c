package io.spinforge.metrics.bind;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.spinforge.metrics.system.Cgroup;
import io.spinforge.metrics.system.IoCounters;
import io.spinforge.metrics.system.LinuxFiles;
import io.spinforge.metrics.system.Pressure;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Container and host as meters: throttling and memory of the control group, pressure stalls, bytes
 * through network and disks. What the machine does not tell has no meters; what it stops telling
 * keeps its last count, or turns to NaN for gauges. Files are read at most once a second, by
 * whoever reads a meter. Thread-safe.
 */
public final class HostBinding implements Binding {
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final LinuxFiles files;
  private final Clock clock;
  private final MeterRegistry registry;
  private final MeterSet meters;

  /** Guards everything below. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Devices network = new Devices("network", "received", "sent");
  private final Devices disks = new Devices("disk", "read", "written");
  private long readAt;

  private HostBinding(MeterRegistry registry, LinuxFiles files) {
    this.files = files;
    this.clock = registry.config().clock();
    this.registry = registry;
    this.meters = new MeterSet(registry);
  }

  /** Binds what these files tell, until the binding is closed. */
  public static Binding of(MeterRegistry registry, LinuxFiles files) {
    HostBinding binding = new HostBinding(registry, files);
    return Bindings.start(binding, binding::start);
  }

  private void start() {
    if (isBound()) {
      return;
    }
    Cgroup group = Cgroup.of(files);
    throttled(group);
    memory(group, "used", Cgroup::memoryUsed);
    memory(group, "working", Cgroup::workingSet);
    memory(group, "limit", Cgroup::memoryLimit);
    for (String resource : Pressure.RESOURCES) {
      for (String kind : Pressure.KINDS) {
        if (!Double.isNaN(Pressure.share(files, resource, kind, 10))) {
          meters.gauge(
              Catalogue.HOST_PRESSURE,
              files,
              f -> Pressure.share(f, resource, kind, 10),
              resource,
              kind);
        }
      }
    }
    lock.lock();
    try {
      read(clock.monotonicTime());
    } finally {
      lock.unlock();
    }
  }

  /** There is one machine: whoever binds it second would count it twice. */
  private boolean isBound() {
    return Stream.of(
            Catalogue.CONTAINER_THROTTLED,
            Catalogue.CONTAINER_MEMORY,
            Catalogue.HOST_PRESSURE,
            Catalogue.HOST_IO)
        .anyMatch(meter -> registry.find(meter.id()).meter() != null);
  }

  private void throttled(Cgroup group) {
    if (!Double.isNaN(group.throttling().seconds())) {
      meters.counter(
          Catalogue.CONTAINER_THROTTLED, new Last(() -> group.throttling().seconds()), Last::value);
    }
  }

  private void memory(Cgroup group, String kind, ToDoubleFunction<Cgroup> value) {
    if (!Double.isNaN(value.applyAsDouble(group))) {
      meters.gauge(Catalogue.CONTAINER_MEMORY, group, value, kind);
    }
  }

  /** A count that stays where it was while it cannot be read. */
  private static final class Last {
    private final DoubleSupplier reading;

    /** Volatile: any thread may read the meter. */
    private volatile double last;

    Last(DoubleSupplier reading) {
      this.reading = reading;
    }

    double value() {
      double now = reading.getAsDouble();
      if (!Double.isNaN(now)) {
        last = now;
      }
      return last;
    }
  }

  private void refresh() {
    long now = clock.monotonicTime();
    if (now - readAt >= FRESH_NANOS) {
      read(now);
    }
  }

  private void read(long now) {
    readAt = now;
    network.update(IoCounters.network(files));
    disks.update(IoCounters.disks(files));
  }

  @Override
  public void close() {
    network.groups.close();
    disks.groups.close();
    meters.close();
  }

  /** The devices of a kind; guarded by {@link #lock}. */
  private final class Devices {
    private final String resource;
    private final String in;
    private final String out;
    private final Groups<String, Device> groups;
    private Map<String, IoCounters.Bytes> bytes = Map.of();

    Devices(String resource, String in, String out) {
      this.resource = resource;
      this.in = in;
      this.out = out;
      this.groups = new Groups<>("device", device -> device, name -> new Device(this, name));
    }

    void update(Map<String, IoCounters.Bytes> now) {
      Map<String, IoCounters.Bytes> before = bytes;
      bytes = now;
      before.keySet().stream().filter(d -> !now.containsKey(d)).forEach(groups::leave);
      now.keySet().forEach(groups::join);
    }
  }

  /** The meters of the devices of one name. */
  private final class Device extends Groups.Group<String> {
    private final MeterSet own = new MeterSet(registry);
    private final Devices kind;

    Device(Devices kind, String name) {
      this.kind = kind;
      count(name, kind.in, IoCounters.Bytes::in);
      count(name, kind.out, IoCounters.Bytes::out);
    }

    private void count(String name, String way, ToDoubleFunction<IoCounters.Bytes> which) {
      own.counter(Catalogue.HOST_IO, this, device -> device.bytes(which), kind.resource, name, way);
    }

    private double bytes(ToDoubleFunction<IoCounters.Bytes> which) {
      lock.lock();
      try {
        refresh();
        return sum(
            device -> {
              IoCounters.Bytes bytes = kind.bytes.get(device);
              return bytes == null ? 0 : which.applyAsDouble(bytes);
            });
      } finally {
        lock.unlock();
      }
    }

    @Override
    void close() {
      own.close();
    }
  }
}
