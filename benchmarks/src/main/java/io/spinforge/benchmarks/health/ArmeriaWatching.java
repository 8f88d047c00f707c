package io.spinforge.benchmarks.health;

import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.endpoint.EndpointGroup;
import com.linecorp.armeria.client.endpoint.healthcheck.HealthCheckedEndpointGroup;
import com.linecorp.armeria.common.SessionProtocol;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;

/** Armeria's health-checked group. It has no count of failures: one takes an endpoint out. */
final class ArmeriaWatching implements Watching {
  private final HealthCheckedEndpointGroup group;
  private final BiConsumer<URI, Boolean> changed;
  // Guards what was told last.
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<Endpoint> fit = new HashSet<>();

  ArmeriaWatching(Settings settings, List<URI> targets, BiConsumer<URI, Boolean> changed) {
    this.changed = changed;
    List<Endpoint> endpoints =
        targets.stream().map(uri -> Endpoint.of(uri.getHost(), uri.getPort())).toList();
    group =
        HealthCheckedEndpointGroup.builder(EndpointGroup.of(endpoints), "/health")
            .protocol(SessionProtocol.H1C)
            .useGet(true)
            .retryInterval(Duration.ofMillis(settings.intervalMillis()))
            .withClientOptions(
                options -> options.responseTimeout(Duration.ofMillis(settings.timeoutMillis())))
            .build();
    group.addListener(this::update, true);
  }

  @Override
  public Collection<URI> offered() {
    return group.endpoints().stream().map(ArmeriaWatching::uri).toList();
  }

  @Override
  public void close() {
    group.close();
  }

  private void update(List<Endpoint> now) {
    lock.lock();
    try {
      Set<Endpoint> next = new HashSet<>(now);
      fit.stream().filter(e -> !next.contains(e)).forEach(e -> changed.accept(uri(e), false));
      next.stream().filter(e -> !fit.contains(e)).forEach(e -> changed.accept(uri(e), true));
      fit.clear();
      fit.addAll(next);
    } finally {
      lock.unlock();
    }
  }

  private static URI uri(Endpoint endpoint) {
    return URI.create("http://" + endpoint.host() + ":" + endpoint.port() + "/health");
  }
}
