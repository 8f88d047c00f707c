package io.spinforge.metrics.bind;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmHeapPressureMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Micrometer's own binders for JVM, process and processors. A binder whose meters the host has
 * registered already is left out: a second one would count every collection twice.
 */
public final class SystemBinding implements Binding {
  private static final Logger log = LoggerFactory.getLogger(SystemBinding.class);

  /** A meter by which to see that a binder is there, and the binder. */
  private static final List<Map.Entry<String, Supplier<MeterBinder>>> BINDERS =
      List.of(
          Map.entry("jvm.info", JvmInfoMetrics::new),
          Map.entry("jvm.classes.loaded", ClassLoaderMetrics::new),
          Map.entry("jvm.memory.used", JvmMemoryMetrics::new),
          Map.entry("jvm.gc.max.data.size", JvmGcMetrics::new),
          Map.entry("jvm.memory.usage.after.gc", JvmHeapPressureMetrics::new),
          Map.entry("jvm.threads.live", JvmThreadMetrics::new),
          Map.entry("system.cpu.count", ProcessorMetrics::new),
          Map.entry("process.uptime", UptimeMetrics::new),
          Map.entry("process.files.max", FileDescriptorMetrics::new));

  private final MeterRegistry registry;
  private final Set<Meter.Id> before;
  private final List<AutoCloseable> listeners = new ArrayList<>();

  /** Binds what is not bound yet. */
  public SystemBinding(MeterRegistry registry) {
    this.registry = registry;
    this.before = ids();
    for (var entry : BINDERS) {
      if (registry.find(entry.getKey()).meter() == null) {
        MeterBinder binder = entry.getValue().get();
        binder.bindTo(registry);
        if (binder instanceof AutoCloseable listener) {
          listeners.add(listener);
        }
      }
    }
  }

  private Set<Meter.Id> ids() {
    return registry.getMeters().stream()
        .map(Meter::getId)
        .filter(SystemBinding::isSystem)
        .collect(Collectors.toSet());
  }

  private static boolean isSystem(Meter.Id id) {
    String name = id.getName();
    return name.startsWith("jvm.") || name.startsWith("process.") || name.startsWith("system.");
  }

  @Override
  public void close() {
    for (AutoCloseable listener : listeners) {
      try {
        listener.close();
      } catch (Exception e) {
        log.warn("A listener of the JVM's meters could not be taken away; its meters are", e);
      }
    }
    for (Meter.Id id : ids()) {
      if (!before.contains(id)) {
        registry.remove(id);
      }
    }
  }
}
