package io.spinforge.benchmarks.nginx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The short form of {@link NginxDifferential}, where an nginx is installed. */
class NginxDifferentialIT {
  private static final long SEED = 4711;

  @Test
  void theBalancerChoosesAsNginxDoes() throws IOException {
    Optional<Path> program = NginxProcess.installed();
    assumeTrue(program.isPresent(), "nginx is not installed");
    NginxDifferential.Result result = NginxDifferential.run(program.get(), 100, SEED);
    assertThat(result.differences()).as("seed %s", SEED).isEmpty();
    assertThat(result.requests()).isGreaterThan(3_000);
  }
}
