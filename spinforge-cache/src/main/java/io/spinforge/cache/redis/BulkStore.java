package io.spinforge.cache.redis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The protocol's reads and fills for many keys at once: one script for the partitions that one
 * connection serves, all of them sent before the first answer is waited for. So it is one round
 * trip to each master, and one command to a standalone server. Thread-safe.
 */
public final class BulkStore {
  private static final int PER_LEASE = 3; // parts of an answer
  private static final int KEYS_AT_ONCE = 1000; // so that a script stays in the range of a ms

  /** Asks for an entry, or for the lease if there is none. */
  public static final long READ = -1;

  /** Asks for the lease, and drops the entry, which could not be read. */
  public static final long REPLACE = -2;

  private final Channel channel;
  private final Keys keys;
  private final int[] groupOf; // partition to the group of partitions that share a connection
  private final Requests requests;
  private final BiConsumer<String, LeaseReply.Lease> release;
  private final LostLeases lostLeases;

  BulkStore(
      Channel channel,
      Keys keys,
      Requests requests,
      List<int[]> groups,
      BiConsumer<String, LeaseReply.Lease> release,
      LostLeases lostLeases) {
    this.channel = channel;
    this.keys = keys;
    this.groupOf = new int[keys.partitions()];
    for (int g = 0; g < groups.size(); g++) {
      for (int partition : groups.get(g)) {
        groupOf[partition] = g;
      }
    }
    this.requests = requests;
    this.release = release;
    this.lostLeases = lostLeases;
  }

  /**
   * Reads entries, or takes the leases to load them.
   *
   * @param wanted the keys, each with {@link #READ}, {@link #REPLACE}, or the sequence of an entry
   *     that is to be refreshed
   */
  public Map<String, LeaseReply> leases(Map<String, Long> wanted) {
    Map<String, LeaseReply> replies = new HashMap<>();
    List<Batch> batches = batches(List.copyOf(wanted.keySet()));
    List<Invocation> calls = new ArrayList<>();
    for (Batch batch : batches) {
      List<byte[]> args = new ArrayList<>(requests.leasing());
      batch.counts(args);
      for (String key : batch.keys) {
        args.add(wish(wanted.getOrDefault(key, READ)));
      }
      calls.add(
          new Invocation(
              Script.LEASES,
              batch.log(),
              batch.names(keys),
              args.toArray(byte[][]::new),
              late -> giveBack(batch.keys, late)));
    }
    List<Boolean> asked =
        batches.stream().map(batch -> channel.allows(Script.LEASES, batch.log())).toList();
    List<@Nullable List<Object>> answers = channel.callAll(calls);
    for (int i = 0; i < batches.size(); i++) {
      List<Object> answer = answers.get(i);
      List<String> batch = batches.get(i).keys;
      byte[] taker = calls.get(i).args()[0];
      for (int j = 0; j < batch.size(); j++) {
        if (answer == null && asked.get(i)) {
          lostLeases.add(batch.get(j), taker);
        }
        LeaseReply reply =
            answer == null ? new LeaseReply.Away() : LeaseReply.at(PER_LEASE * j, answer);
        replies.put(batch.get(j), reply);
      }
    }
    return replies;
  }

  /** Stores what was loaded under leases. */
  public Map<String, Fill> fills(List<Filling> fillings) {
    Map<String, Filling> byKey = new HashMap<>();
    fillings.forEach(filling -> byKey.put(filling.key, filling));
    List<Batch> batches = batches(List.copyOf(byKey.keySet()));
    List<Invocation> calls = new ArrayList<>();
    for (Batch batch : batches) {
      List<byte[]> args = new ArrayList<>(requests.appending());
      batch.counts(args);
      for (String key : batch.keys) {
        Filling filling = Objects.requireNonNull(byKey.get(key), "filling");
        args.add(Keys.bytes(filling.lease.proof()));
        args.add(filling.entry);
        args.add(Requests.number(filling.keepMillis));
        args.add(Keys.bytes(key));
      }
      calls.add(
          new Invocation(
              Script.FILLS, batch.log(), batch.names(keys), args.toArray(byte[][]::new)));
    }
    Map<String, Fill> fills = new HashMap<>();
    List<@Nullable List<Object>> answers = channel.callAll(calls);
    for (int i = 0; i < batches.size(); i++) {
      List<Object> answer = answers.get(i);
      List<String> batch = batches.get(i).keys;
      for (int j = 0; j < batch.size(); j++) {
        Fill fill = Fill.UNKNOWN;
        if (answer != null) {
          fill = (Long) answer.get(j) == 1 ? Fill.STORED : Fill.REFUSED;
        }
        fills.put(batch.get(j), fill);
      }
    }
    return fills;
  }

  private static byte[] wish(long wanted) {
    if (wanted == REPLACE) {
      return Keys.bytes("F");
    }
    return wanted == READ ? new byte[0] : Requests.number(wanted);
  }

  /** Gives back leases that came too late. */
  private void giveBack(List<String> late, List<Object> answer) {
    for (int i = 0; i < late.size(); i++) {
      if (LeaseReply.at(PER_LEASE * i, answer) instanceof LeaseReply.Lease lease) {
        release.accept(late.get(i), lease);
      }
    }
  }

  /** Divides keys by connection, and each one's by partition. */
  private List<Batch> batches(List<String> all) {
    Map<Integer, Map<Integer, List<String>>> groups = new TreeMap<>();
    for (String key : all) {
      int p = keys.partitionOf(key);
      groups
          .computeIfAbsent(groupOf[p], g -> new TreeMap<>())
          .computeIfAbsent(p, none -> new ArrayList<>())
          .add(key);
    }
    List<Batch> batches = new ArrayList<>();
    for (Map<Integer, List<String>> group : groups.values()) {
      Map<Integer, List<String>> part = new TreeMap<>();
      int size = 0;
      for (Map.Entry<Integer, List<String>> partition : group.entrySet()) {
        List<String> its = partition.getValue();
        for (int i = 0; i < its.size(); ) {
          int end = Math.min(its.size(), i + KEYS_AT_ONCE - size);
          part.put(partition.getKey(), its.subList(i, end));
          size += end - i;
          i = end;
          if (size == KEYS_AT_ONCE) {
            batches.add(new Batch(part));
            part = new TreeMap<>();
            size = 0;
          }
        }
      }
      if (size > 0) {
        batches.add(new Batch(part));
      }
    }
    return batches;
  }

  /** The keys of one call, partition by partition. */
  private static final class Batch {
    private final Map<Integer, List<String>> partitions;
    private final List<String> keys;

    Batch(Map<Integer, List<String>> partitions) {
      this.partitions = partitions;
      this.keys = partitions.values().stream().flatMap(List::stream).toList();
    }

    /** Returns one of the partitions: all of them share a connection and a breaker. */
    int log() {
      return partitions.keySet().iterator().next();
    }

    byte[][] names(Keys names) {
      List<byte[]> all = new ArrayList<>();
      partitions.forEach(
          (p, its) -> {
            all.add(names.state(p));
            all.add(names.log(p));
            for (String key : its) {
              all.add(names.entry(p, key));
              all.add(names.lease(p, key));
            }
          });
      return all.toArray(byte[][]::new);
    }

    void counts(List<byte[]> args) {
      args.add(Requests.number(partitions.size()));
      partitions.values().forEach(its -> args.add(Requests.number(its.size())));
    }
  }

  /** One entry to be stored under its lease. */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  public record Filling(String key, LeaseReply.Lease lease, byte[] entry, long keepMillis) {}
}
