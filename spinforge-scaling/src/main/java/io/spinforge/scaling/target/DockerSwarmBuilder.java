package io.spinforge.scaling.target;

import io.spinforge.scaling.internal.Checks;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Collects what a {@link DockerSwarmTarget} needs. Not thread-safe. */
public final class DockerSwarmBuilder {
  private static final Pattern SERVICE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");
  private static final Pattern VERSION = Pattern.compile("1\\.[0-9]{1,3}");
  private static final int LONGEST_PATH = 100;

  private @Nullable String service;
  private @Nullable Path socket;
  private @Nullable String apiVersion;
  private @Nullable Duration timeout;

  DockerSwarmBuilder() {}

  /** Sets the name or the id of the service; required. */
  public DockerSwarmBuilder service(String service) {
    Checks.unset(this.service, "service");
    Checks.argument(
        SERVICE.matcher(service).matches(),
        "service",
        "'" + service + "'",
        "1 to 128 of A-Z a-z 0-9 _ . -");
    this.service = service;
    return this;
  }

  /** Sets the engine's socket; default {@code /var/run/docker.sock}. */
  public DockerSwarmBuilder socket(Path socket) {
    Checks.unset(this.socket, "socket");
    Path absolute = socket.toAbsolutePath();
    Checks.argument(
        absolute.toString().length() <= LONGEST_PATH,
        "socket",
        absolute,
        "up to " + LONGEST_PATH + " characters, the system's limit");
    this.socket = absolute;
    return this;
  }

  /**
   * Sets the version of the API, {@code 1.44}; default the engine's newest. An older one may lose
   * what newer ones added to the service.
   */
  public DockerSwarmBuilder apiVersion(String version) {
    Checks.unset(apiVersion, "apiVersion");
    Checks.argument(
        VERSION.matcher(version).matches(), "apiVersion", "'" + version + "'", "like 1.44");
    apiVersion = version;
    return this;
  }

  /** Sets the time that a call may take, its answer included, 10 ms to 1 min; default 5 s. */
  public DockerSwarmBuilder timeout(Duration timeout) {
    Checks.unset(this.timeout, "timeout");
    Checks.argument(
        timeout.compareTo(Duration.ofMillis(10)) >= 0
            && timeout.compareTo(Duration.ofMinutes(1)) <= 0,
        "timeout",
        timeout,
        "PT0.01S to PT1M");
    this.timeout = timeout;
    return this;
  }

  /**
   * Makes the target; it calls nobody yet.
   *
   * @throws IllegalStateException naming what is missing, or the artifact that is not on the class
   *     path
   */
  public DockerSwarmTarget build() {
    Jackson.require("DockerSwarmTarget");
    if (service == null) {
      throw new IllegalStateException(
          "The Docker Swarm target cannot be built: service: missing (expected: service(...))");
    }
    Path at = socket == null ? Path.of("/var/run/docker.sock") : socket;
    return new DockerSwarmTarget(
        service,
        apiVersion == null ? "" : "/v" + apiVersion,
        new UnixHttp(at, timeout == null ? Duration.ofSeconds(5) : timeout));
  }
}
