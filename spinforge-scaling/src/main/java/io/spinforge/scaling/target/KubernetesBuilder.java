package io.spinforge.scaling.target;

import io.spinforge.scaling.internal.Checks;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Collects what a {@link KubernetesTarget} needs. In a pod only the resource has to be named:
 * server, namespace, token and CA come from the environment and the mounted service account. With
 * {@link #server} all of them are explicit. Not thread-safe.
 */
public final class KubernetesBuilder {
  static final Path SECRETS = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");
  private static final Pattern VERSION = Pattern.compile("([a-z0-9.-]{1,253}/)?v[a-z0-9]{1,62}");
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private final Map<String, String> environment;
  private final Path secrets;

  private @Nullable URI server;
  private @Nullable String namespace;
  private @Nullable String resource;
  private String name = "";
  private @Nullable Path tokenFile;
  private @Nullable Path caFile;
  private @Nullable Duration timeout;
  private @Nullable LongSupplier ticker;
  private boolean scaleOnly;

  KubernetesBuilder(Map<String, String> environment, Path secrets) {
    this.environment = environment;
    this.secrets = secrets;
  }

  /** Scales a Deployment of this name. */
  public KubernetesBuilder deployment(String name) {
    return resource("apps/v1", "deployments", name);
  }

  /** Scales a StatefulSet of this name. */
  public KubernetesBuilder statefulSet(String name) {
    return resource("apps/v1", "statefulsets", name);
  }

  /**
   * Scales anything that has a {@code scale} subresource. If it does not keep {@code
   * status.readyReplicas}, add {@link #scaleOnly}.
   *
   * @param apiVersion group and version, {@code apps/v1}
   * @param plural name of its kind in paths, {@code deployments}
   * @param name its name
   */
  public KubernetesBuilder resource(String apiVersion, String plural, String name) {
    Checks.unset(resource, "resource");
    Checks.argument(
        VERSION.matcher(apiVersion).matches(),
        "apiVersion",
        "'" + apiVersion + "'",
        "group/version or version");
    Checks.argument(
        NAME.matcher(plural).matches(), "plural", "'" + plural + "'", "a name in lower case");
    Checks.argument(NAME.matcher(name).matches(), "name", "'" + name + "'", "a name of Kubernetes");
    resource = (apiVersion.contains("/") ? "/apis/" : "/api/") + apiVersion + "|" + plural;
    this.name = name;
    return this;
  }

  /** Reads the scale alone: needs no right to the resource, but takes every pod for ready. */
  public KubernetesBuilder scaleOnly() {
    scaleOnly = true;
    return this;
  }

  /** Sets the namespace; default that of the pod. */
  public KubernetesBuilder namespace(String namespace) {
    Checks.unset(this.namespace, "namespace");
    Checks.argument(
        NAME.matcher(namespace).matches(),
        "namespace",
        "'" + namespace + "'",
        "a name of Kubernetes");
    this.namespace = namespace;
    return this;
  }

  /**
   * Sets the API server, {@code https://host:port}; default that of the pod's cluster. Plain HTTP
   * is for {@code kubectl proxy}: with a token only to this machine.
   */
  public KubernetesBuilder server(URI server) {
    Checks.unset(this.server, "server");
    boolean http = "https".equals(server.getScheme()) || "http".equals(server.getScheme());
    boolean bare = server.getPath() != null && server.getPath().matches("/?");
    Checks.argument(
        http && server.getHost() != null && bare && server.getQuery() == null,
        "server",
        server,
        "https://host:port");
    this.server = server;
    return this;
  }

  /** Sets the file that holds the bearer token, read for each call; default the pod's. */
  public KubernetesBuilder tokenFile(Path file) {
    Checks.unset(tokenFile, "tokenFile");
    tokenFile = file.toAbsolutePath();
    return this;
  }

  /**
   * Sets the PEM file of the authorities that may vouch for the server; default the pod's, and with
   * an explicit {@link #server} the JVM's.
   */
  public KubernetesBuilder caFile(Path file) {
    Checks.unset(caFile, "caFile");
    caFile = file.toAbsolutePath();
    return this;
  }

  /** Sets the time that a call may take, its answer included, 10 ms to 1 min; default 5 s. */
  public KubernetesBuilder timeout(Duration timeout) {
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

  /** Sets the source of nanoseconds for Retry-After; default {@link System#nanoTime}. */
  public KubernetesBuilder ticker(LongSupplier ticker) {
    Checks.unset(this.ticker, "ticker");
    this.ticker = ticker;
    return this;
  }

  /**
   * Makes the target; it calls nobody yet.
   *
   * @throws IllegalStateException naming everything that is missing or does not fit together, or
   *     the artifact that is not on the class path
   */
  public KubernetesTarget build() {
    Jackson.require("KubernetesTarget");
    List<String> problems = new ArrayList<>();
    boolean inCluster = server == null;
    URI at = inCluster ? clusterServer() : server;
    if (at == null) {
      problems.add(
          "server: missing (expected: server(...), or KUBERNETES_SERVICE_HOST and"
              + " KUBERNETES_SERVICE_PORT as in a pod)");
    }
    String space = namespace == null && inCluster ? podNamespace() : namespace;
    if (space == null) {
      problems.add("namespace: missing (expected: namespace(...))");
    }
    if (resource == null) {
      problems.add("resource: missing (expected: deployment(...) or another resource)");
    }
    Path token = tokenFile == null && inCluster ? secrets.resolve("token") : tokenFile;
    Path ca = caFile == null && inCluster ? secrets.resolve("ca.crt") : caFile;
    if (at != null && "http".equals(at.getScheme())) {
      if (token != null && !LOOPBACK.contains(at.getHost())) {
        problems.add("server: " + at + " (expected: https, or the token could be read on the way)");
      }
      if (ca != null) {
        problems.add("caFile: " + ca + " (expected: none with plain HTTP)");
      }
    }
    if (at == null || space == null || resource == null || !problems.isEmpty()) {
      throw new IllegalStateException(
          "The Kubernetes target cannot be built: " + String.join("; ", problems));
    }
    String parent = resource.replace("|", "/namespaces/" + space + "/") + "/" + name;
    return new KubernetesTarget(
        new KubernetesTarget.Resource(space, name, parent + "/scale", scaleOnly ? null : parent),
        new ApiServer(
            name,
            new ApiServer.Settings(
                at, token, ca, timeout == null ? Duration.ofSeconds(5) : timeout),
            ticker == null ? System::nanoTime : ticker));
  }

  private @Nullable URI clusterServer() {
    String host = environment.get("KUBERNETES_SERVICE_HOST");
    String port = environment.get("KUBERNETES_SERVICE_PORT");
    if (host == null || port == null || !port.matches("[0-9]{1,5}")) {
      return null;
    }
    return URI.create("https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
  }

  private @Nullable String podNamespace() {
    try {
      String found = Files.readString(secrets.resolve("namespace")).strip();
      return NAME.matcher(found).matches() ? found : null;
    } catch (IOException e) {
      return null; // no pod: build() asks for it
    }
  }
}
