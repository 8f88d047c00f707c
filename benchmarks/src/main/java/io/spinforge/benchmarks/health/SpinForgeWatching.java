package io.spinforge.benchmarks.health;

import io.spinforge.health.HealthChecker;
import io.spinforge.health.Status;
import io.spinforge.health.probe.HttpProbe;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.BiConsumer;

/** This project's checker, with its defaults but for the settings. */
final class SpinForgeWatching implements Watching {
  private final HealthChecker<URI> checker;

  SpinForgeWatching(Settings settings, List<URI> targets, BiConsumer<URI, Boolean> changed) {
    checker =
        HealthChecker.<URI>builder()
            .probe(HttpProbe.get(uri -> uri))
            .interval(Duration.ofMillis(settings.intervalMillis()))
            .timeout(Duration.ofMillis(settings.timeoutMillis()))
            .fall(settings.fall())
            .build();
    checker.onTransition(
        t -> changed.accept(t.target(), t.to() == Status.HEALTHY || t.to() == Status.DEGRADED));
    checker.targets(targets);
  }

  @Override
  public Collection<URI> offered() {
    return checker.view().effective();
  }

  @Override
  public void close() {
    checker.close();
  }
}
