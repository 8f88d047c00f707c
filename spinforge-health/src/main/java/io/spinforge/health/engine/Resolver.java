package io.spinforge.health.engine;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Addresses of host names, looked up off the loop.
 *
 * <p>An answer serves for 30 s; after that it still serves while it is looked up again, and also if
 * that fails: a name server that is away takes nobody down. Used on the loop's thread only.
 */
final class Resolver {
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int MOST_NAMES = 100_000;

  private final Map<String, Name> names = new HashMap<>();
  private final IoLoop loop;
  private final Helpers helpers;
  private final Names source;

  /** The system's names, or a test's. */
  interface Names {
    @Nullable InetAddress byName(String host);
  }

  Resolver(IoLoop loop, Helpers helpers) {
    this(loop, helpers, Resolver::byName);
  }

  Resolver(IoLoop loop, Helpers helpers, Names source) {
    this.loop = loop;
    this.helpers = helpers;
    this.source = source;
  }

  /** Tells the address of a host, now or later; null if it has none. */
  void lookUp(String host, Consumer<@Nullable InetAddress> found) {
    if (literal(host)) {
      found.accept(byName(host));
      return;
    }
    if (names.size() >= MOST_NAMES && !names.containsKey(host)) {
      names.values().removeIf(name -> name.waiting.isEmpty());
    }
    Name name = names.computeIfAbsent(host, h -> new Name());
    InetAddress known = name.address;
    if (known != null) {
      found.accept(known);
      if (loop.now() - name.since < FRESH_NANOS) {
        return;
      }
    } else {
      name.waiting.add(found);
    }
    if (!name.running) {
      name.running = true;
      helpers.execute(
          () -> {
            InetAddress address = source.byName(host);
            loop.execute(() -> resolved(name, address));
          });
    }
  }

  private void resolved(Name name, @Nullable InetAddress address) {
    name.running = false;
    if (address != null) {
      name.address = address;
      name.since = loop.now();
    }
    List<Consumer<@Nullable InetAddress>> waiting = new ArrayList<>(name.waiting);
    name.waiting.clear();
    for (Consumer<@Nullable InetAddress> found : waiting) {
      found.accept(address);
    }
  }

  private static boolean literal(String host) {
    return host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
  }

  private static @Nullable InetAddress byName(String host) {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      return null;
    }
  }

  private static final class Name {
    private final List<Consumer<@Nullable InetAddress>> waiting = new ArrayList<>();
    private @Nullable InetAddress address;
    private long since;
    private boolean running;
  }
}
