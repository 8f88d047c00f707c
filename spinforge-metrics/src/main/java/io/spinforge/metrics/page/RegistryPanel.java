package io.spinforge.metrics.page;

import io.spinforge.health.registry.RegistryStats;
import io.spinforge.health.registry.ServiceRegistry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A service registry, in a line. */
final class RegistryPanel implements Panel {
  private final String id;
  private final String name;
  private final ServiceRegistry registry;
  private @Nullable RegistryStats stats;

  RegistryPanel(String id, String name, ServiceRegistry registry) {
    this.id = id;
    this.name = name;
    this.registry = registry;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String title() {
    return "Registry " + name;
  }

  @Override
  public void sample() {
    stats = registry.stats();
  }

  @Override
  public List<Reason> reasons() {
    RegistryStats now = stats;
    if (now != null && now.unreachableServices() > 0) {
      String text = "registry " + name + " cannot be reached; its last lists are kept";
      return List.of(new Reason(Level.WARN, text, id));
    }
    return List.of();
  }

  @Override
  public void render(Html out) {
    RegistryStats now = stats;
    if (now != null) {
      out.raw("<p class=\"facts\">").element("b", "big", Numbers.count(now.watchedInstances()));
      out.text(" instances of " + Numbers.count(now.watchedServices()) + " watched services, ");
      out.text(Numbers.count(now.active()) + " own registrations, ");
      out.text(Numbers.count(now.storeFailures()) + " failed commands").raw("</p>");
    }
  }
}
