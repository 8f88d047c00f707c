package io.spinforge.health.registry;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One instance of a service: who it is, where it listens, and what it says of itself. Immutable.
 *
 * <p><b>Equality</b> is who and where: service, id, scheme, host and port. Zone, weight, status and
 * metadata take no part, so that a health checker or a balancer, which key what they know by {@code
 * equals}, keep it when an instance changes its weight, and start afresh when it moves to another
 * address. The price: {@code equals} does not tell whether the properties changed; {@link
 * #sameAs(ServiceInstance)} does. The list of a watch always carries the newest properties.
 */
public final class ServiceInstance {
  /** Largest encoded form in bytes. */
  static final int MAX_ENCODED = 4096;

  private static final int MAX_WEIGHT = 65_536;
  private static final Pattern SERVICE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:@\\[\\]-]{1,128}");
  private static final Pattern ZONE = Pattern.compile("[A-Za-z0-9._-]{0,64}");
  private static final Pattern SCHEME = Pattern.compile("[a-z][a-z0-9+.-]{0,15}");

  private final String service;
  private final String id;
  private final URI uri;
  private final String host;
  private final String zone;
  private final int weight;
  private final InstanceStatus status;
  private final Map<String, String> metadata;
  private final String encoded;

  private ServiceInstance(
      String service,
      String id,
      URI uri,
      String host,
      String zone,
      int weight,
      InstanceStatus status,
      Map<String, String> metadata) {
    this.service = service;
    this.id = id;
    this.uri = uri;
    this.host = host;
    this.zone = zone;
    this.weight = weight;
    this.status = status;
    this.metadata = metadata;
    this.encoded = InstanceCodec.encode(uri, host, zone, weight, metadata);
    if (encoded.length() > MAX_ENCODED) {
      throw new IllegalArgumentException(
          "metadata: " + encoded.length() + " bytes encoded (expected: <= " + MAX_ENCODED + ")");
    }
  }

  /**
   * Begins an instance of a service at an address.
   *
   * @param service 1 to 128 letters, digits, {@code .}, {@code _} or {@code -}
   * @param host a name or an address, IPv6 without brackets
   * @param port 1 to 65,535
   */
  public static Builder of(String service, String host, int port) {
    return new Builder(service, host, port);
  }

  /** Returns the name of the service. */
  public String service() {
    return service;
  }

  /** Returns the id, unique within the service; by default {@code host:port}. */
  public String id() {
    return id;
  }

  /** Returns the host as given, IPv6 without brackets. */
  public String host() {
    return host;
  }

  /** Returns the port. */
  public int port() {
    return uri.getPort();
  }

  /** Returns {@code scheme://host:port}, without a path; resolve paths against it. */
  public URI uri() {
    return uri;
  }

  /** Returns the zone; empty if none was given. */
  public String zone() {
    return zone;
  }

  /** Returns the share of traffic, 0 to 65,536. */
  public int weight() {
    return weight;
  }

  /** Returns what the instance says of itself. */
  public InstanceStatus status() {
    return status;
  }

  /** Returns the metadata, sorted by key, unmodifiable. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** Returns this instance with another weight, 0 to 65,536. */
  public ServiceInstance withWeight(int newWeight) {
    return with(checkWeight(newWeight), status, metadata);
  }

  /** Returns this instance with other metadata in place of its own. */
  public ServiceInstance withMetadata(Map<String, String> newMetadata) {
    return with(weight, status, copy(newMetadata));
  }

  ServiceInstance withStatus(InstanceStatus newStatus) {
    return newStatus == status ? this : with(weight, newStatus, metadata);
  }

  private ServiceInstance with(
      int newWeight, InstanceStatus newStatus, Map<String, String> newMetadata) {
    return new ServiceInstance(service, id, uri, host, zone, newWeight, newStatus, newMetadata);
  }

  /** Returns the form that is stored; the status is kept beside it, not in it. */
  String encoded() {
    return encoded;
  }

  /** Returns whether the id is the one that was derived from the address. */
  boolean hasDefaultId() {
    return id.equals(defaultId(host, port()));
  }

  /** Returns whether the other instance equals this one in every property, not only in who. */
  public boolean sameAs(ServiceInstance other) {
    return equals(other) && status == other.status && encoded.equals(other.encoded);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o == this
        || (o instanceof ServiceInstance other
            && id.equals(other.id)
            && service.equals(other.service)
            && uri.equals(other.uri));
  }

  @Override
  public int hashCode() {
    return 31 * id.hashCode() + service.hashCode();
  }

  @Override
  public String toString() {
    return service + '/' + id + " " + uri + (status == InstanceStatus.UP ? "" : " " + status);
  }

  static String checkService(String service) {
    requireNonNull(service, "service");
    if (!SERVICE.matcher(service).matches()) {
      throw new IllegalArgumentException(
          "service: " + service + " (expected: " + SERVICE.pattern() + ")");
    }
    return service;
  }

  private static String check(String name, String value, Pattern rule) {
    requireNonNull(value, name);
    if (!rule.matcher(value).matches()) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + rule.pattern() + ")");
    }
    return value;
  }

  private static int checkWeight(int weight) {
    if (weight < 0 || weight > MAX_WEIGHT) {
      throw new IllegalArgumentException(
          "weight: " + weight + " (expected: 0.." + MAX_WEIGHT + ")");
    }
    return weight;
  }

  private static String defaultId(String host, int port) {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  private static URI uri(String scheme, String host, int port) {
    try {
      URI uri = new URI(scheme, null, host, port, null, null, null);
      String expected = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
      if (expected.equals(uri.getHost()) && uri.getRawPath().isEmpty()) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // told below
    }
    throw new IllegalArgumentException(
        "host: " + host + " (expected: a host name or an IP address, without brackets)");
  }

  private static Map<String, String> copy(Map<String, String> metadata) {
    Map<String, String> copy = new TreeMap<>();
    metadata.forEach(
        (key, value) -> {
          requireNonNull(value, "metadata value");
          if (requireNonNull(key, "metadata key").isEmpty()) {
            throw new IllegalArgumentException("metadata: an empty key (expected: a name)");
          }
          copy.put(key, value);
        });
    return Collections.unmodifiableMap(copy);
  }

  /** Collects the properties of an instance; each can be set once. Not thread-safe. */
  public static final class Builder {
    private final String service;
    private final String host;
    private final int port;
    private @Nullable String id;
    private @Nullable String scheme;
    private @Nullable String zone;
    private @Nullable Integer weight;
    private @Nullable Map<String, String> metadata;

    private Builder(String service, String host, int port) {
      this.service = checkService(service);
      this.host = requireNonNull(host, "host");
      if (port < 1 || port > 65_535) {
        throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
      }
      this.port = port;
      uri("http", host, port);
    }

    /**
     * Sets the id: 1 to 128 letters, digits or {@code . _ - : @ [ ]}; default the address. An id of
     * one's own survives a change of address; the default one survives a crash, because the process
     * that now listens at the address takes it over at once.
     */
    public Builder id(String id) {
      once("id", this.id);
      this.id = check("id", id, ID);
      return this;
    }

    /** Sets the scheme of {@link ServiceInstance#uri()}, in lower case; default {@code http}. */
    public Builder scheme(String scheme) {
      once("scheme", this.scheme);
      this.scheme = check("scheme", scheme, SCHEME);
      return this;
    }

    /** Sets the zone: up to 64 letters, digits or {@code . _ -}; default empty. */
    public Builder zone(String zone) {
      once("zone", this.zone);
      this.zone = check("zone", zone, ZONE);
      return this;
    }

    /** Sets the share of traffic, 0 (none) to 65,536; default 1. */
    public Builder weight(int weight) {
      once("weight", this.weight);
      this.weight = checkWeight(weight);
      return this;
    }

    /** Sets what else callers may want to know; all properties together take at most 4 KB. */
    public Builder metadata(Map<String, String> metadata) {
      once("metadata", this.metadata);
      this.metadata = copy(metadata);
      return this;
    }

    /**
     * Builds the instance.
     *
     * @throws IllegalArgumentException if the encoded form is larger than 4 KB
     */
    public ServiceInstance build() {
      return new ServiceInstance(
          service,
          id == null ? check("id", defaultId(host, port), ID) : id,
          uri(scheme == null ? "http" : scheme, host, port),
          host,
          zone == null ? "" : zone,
          weight == null ? 1 : weight,
          InstanceStatus.UP,
          metadata == null ? Map.of() : metadata);
    }

    private static void once(String name, @Nullable Object current) {
      if (current != null) {
        throw new IllegalStateException(name + ": set twice (first: " + current + ")");
      }
    }
  }
}
