package io.spinforge.health.registry.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.spinforge.health.registry.store.Answer;
import io.spinforge.health.registry.store.Change;
import io.spinforge.health.registry.store.Claim;
import io.spinforge.health.registry.store.Hint;
import io.spinforge.health.registry.store.Lease;
import io.spinforge.health.registry.store.LeaseStore;
import io.spinforge.health.registry.store.StoreListener;
import io.spinforge.health.registry.store.Sync;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A store in Redis: each operation is one run of a script. Thread-safe. */
public final class RedisLeaseStore implements LeaseStore {
  /** Most entries that one answer carries; more are read in chunks. */
  private static final int ENTRIES_PER_ANSWER = 500;

  /** How often a service that changes under the reader is read from the start. */
  private static final int SCANS = 3;

  private final Keys keys;
  private final Link link;
  private volatile @Nullable StoreListener listener; // set once, before the link is opened

  private RedisLeaseStore(String prefix, String name, Lines.Opener opener) {
    this.keys = new Keys(prefix);
    this.link = new Link(name, opener, new Ear(), this::connected);
  }

  /** Returns a store on a standalone server, or behind Sentinel. */
  public static RedisLeaseStore of(RedisClient client, String prefix, String name) {
    return new RedisLeaseStore(prefix, name, () -> Lines.open(client));
  }

  /** Returns a store on a Cluster. */
  public static RedisLeaseStore of(RedisClusterClient client, String prefix, String name) {
    return new RedisLeaseStore(prefix, name, () -> Lines.open(client));
  }

  @Override
  public void start(StoreListener storeListener) {
    listener = storeListener;
    link.open();
  }

  @Override
  public CompletableFuture<Answer> register(String service, Claim claim) {
    UUID random = UUID.randomUUID();
    return run(
        Script.REGISTER,
        service,
        Replies::answer,
        HexFormat.of().toHexDigits(random.getLeastSignificantBits()),
        claim.id(),
        claim.nonce(),
        String.valueOf(claim.status()),
        claim.payload(),
        Long.toString(claim.ttlMillis()),
        claim.takeOver() ? "1" : "0",
        claim.again() ? "1" : "0");
  }

  @Override
  public CompletableFuture<List<Answer>> beat(String service, long ttlMillis, List<Lease> leases) {
    String[] args = new String[1 + 2 * leases.size()];
    args[0] = Long.toString(ttlMillis);
    for (int i = 0; i < leases.size(); i++) {
      args[1 + 2 * i] = leases.get(i).id();
      args[2 + 2 * i] = leases.get(i).nonce();
    }
    return run(Script.BEAT, service, Replies::answers, args);
  }

  @Override
  public CompletableFuture<Answer> update(String service, Lease lease, long epoch, Claim claim) {
    return run(
        Script.UPDATE,
        service,
        Replies::answer,
        lease.id(),
        lease.nonce(),
        Long.toString(epoch),
        String.valueOf(claim.status()),
        claim.payload());
  }

  @Override
  public CompletableFuture<Answer> remove(String service, Lease lease) {
    return run(Script.REMOVE, service, Replies::answer, lease.id(), lease.nonce());
  }

  @Override
  public CompletableFuture<Sync> sync(String service, String generation, long revision) {
    return ask(service, generation, revision)
        .thenCompose(
            reply ->
                Replies.tooMany(reply)
                    ? scan(service, reply, SCANS)
                    : CompletableFuture.completedFuture(Replies.sync(reply)));
  }

  private CompletableFuture<List<Object>> ask(String service, String generation, long revision) {
    return run(
        Script.SYNC,
        service,
        reply -> reply,
        generation,
        Long.toString(revision),
        Integer.toString(ENTRIES_PER_ANSWER));
  }

  /**
   * Reads all entries in chunks, then what changed since the head was read. Each chunk is true of
   * its moment, and every later change of it is among those at the end.
   */
  private CompletableFuture<Sync> scan(String service, List<Object> head, int left) {
    Sync from = Replies.sync(head, true, List.of());
    Map<String, Change> entries = new HashMap<>();
    return chunks(service, "0", entries)
        .thenCompose(end -> ask(service, from.generation(), from.revision()))
        .thenCompose(
            tail -> {
              if (!Replies.tooMany(tail)) {
                return CompletableFuture.completedFuture(merge(entries, tail));
              }
              return left > 1
                  ? scan(service, tail, left - 1)
                  : CompletableFuture.failedFuture(
                      new RedisException(service + " changes faster than it can be read"));
            });
  }

  private CompletableFuture<Void> chunks(
      String service, String cursor, Map<String, Change> entries) {
    return run(Script.CHUNK, service, reply -> Replies.chunk(reply, entries), cursor)
        .thenCompose(
            next ->
                next.equals("0")
                    ? CompletableFuture.completedFuture(null)
                    : chunks(service, next, entries));
  }

  private static Sync merge(Map<String, Change> entries, List<Object> reply) {
    Sync tail = Replies.sync(reply);
    if (tail.whole()) {
      return tail; // shrunk meanwhile to what one answer carries
    }
    for (Change change : tail.changes()) {
      if (change.entry() == null) {
        entries.remove(change.id());
      } else {
        entries.put(change.id(), change);
      }
    }
    return Replies.sync(reply, true, List.copyOf(entries.values()));
  }

  @Override
  public CompletableFuture<Void> note(String service, long millis) {
    String[] index = {keys.index(service)};
    String[] args = {service, Long.toString(millis)};
    return new Run<Void>(link, Script.NOTE, index, args, reply -> null).start();
  }

  @Override
  public CompletableFuture<List<String>> services() {
    List<CompletableFuture<List<String>>> asked = new ArrayList<>();
    for (int i = 0; i < Keys.INDEXES; i++) {
      String[] index = {keys.index(i)};
      asked.add(
          new Run<>(link, Script.SERVICES, index, new String[0], RedisLeaseStore::texts).start());
    }
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .thenApply(all -> asked.stream().flatMap(one -> one.join().stream()).sorted().toList());
  }

  private static List<String> texts(List<Object> reply) {
    return reply.stream().map(String.class::cast).toList();
  }

  private <T> CompletableFuture<T> run(
      Script script, String service, Function<List<Object>, T> reader, String... args) {
    String[] names = keys.of(service);
    String[] all = new String[args.length + 2];
    all[0] = keys.changes(service);
    all[1] = keys.generations(service);
    System.arraycopy(args, 0, all, 2, args.length);
    return new Run<>(link, script, names, all, reader).start();
  }

  @Override
  public void follow(String service, boolean changes) {
    link.subscribe(keys.generations(service));
    if (changes) {
      link.subscribe(keys.changes(service));
    } else {
      link.unsubscribe(keys.changes(service));
    }
  }

  @Override
  public void unfollow(String service) {
    link.unsubscribe(keys.generations(service));
    link.unsubscribe(keys.changes(service));
  }

  @Override
  public void troubled() {
    link.troubled();
  }

  @Override
  public void close() {
    link.close();
  }

  private void connected() {
    StoreListener to = listener;
    if (to != null) {
      to.connected();
    }
  }

  /** Hears the channels. */
  private final class Ear extends RedisPubSubAdapter<String, String> {
    @Override
    public void message(String channel, String message) {
      StoreListener to = listener;
      String service = keys.service(channel);
      if (to == null || service == null) {
        return;
      }
      if (channel.equals(keys.generations(service))) {
        to.reborn(service);
        return;
      }
      Hint hint = Replies.hint(service, message);
      if (hint != null) {
        to.changed(hint);
      }
    }

    @Override
    public void subscribed(String channel, long count) {
      StoreListener to = listener;
      String service = keys.service(channel);
      if (to != null && service != null && channel.equals(keys.changes(service))) {
        to.following(service);
      }
    }
  }
}
