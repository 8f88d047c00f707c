package io.spinforge.cache.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The invalidation protocol over Redis. Thread-safe; every operation blocks for one round trip, and
 * for the command timeout at most.
 *
 * <p>Each partition has a sequence. A read that finds nothing takes a <em>lease</em>: a number from
 * the sequence, noted under the key for a limited time. A value is stored only while its lease
 * still stands, and an invalidation deletes it: whatever was read before the invalidation can never
 * come after it (the leases of Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013). The
 * same atomic step appends to the partition's log, so "deleted but not announced" cannot be; see
 * {@link LogReader} for how the others hear of it. Whoever finds another's lease waits to be woken
 * by the log, for as long as the lease can last.
 *
 * <p>Said openly: a failover of asynchronous replication can lose an invalidation that Redis had
 * acknowledged, and with it the entry's deletion.
 */
public final class RedisStore {
  private static final Logger LOG = LoggerFactory.getLogger(RedisStore.class);

  /** A value was not stored, since its key is held: it may be older than what is to come. */
  public static final long HELD = -2;

  private final RedisSettings settings;
  private final Link link;
  private final Keys keys;
  private final Execution execution;
  private final Requests requests;
  private final Shards shards;
  private final LogCounters counters = new LogCounters();
  private final Backlog backlog;
  private final Recovery recovery;
  private final Channel channel;
  private final Leasing leasing;
  private final BulkStore bulk;
  private final Barriers barriers;
  private final Reclaimer reclaimer;
  private final List<LogReader> readers = new ArrayList<>();
  private final LongAdder replayed = new LongAdder();
  private final Sequences sequences;

  /**
   * Creates a store that is away until {@link #open}.
   *
   * @param clockStep how far behind the clock of the hits may be
   */
  public RedisStore(
      Link link,
      RedisSettings settings,
      LongSupplier ticker,
      Duration clockStep,
      Execution execution,
      LogSink sink) {
    this.link = link;
    this.settings = settings;
    this.execution = execution;
    this.keys = new Keys(settings.namespace(), settings.partitions());
    this.sequences = new Sequences(settings.partitions());
    this.requests = new Requests(keys, ticker, settings);
    this.shards =
        new Shards(link.groups(keys.logs()), keys.control(), log -> link.masterOf(keys.log(log)));
    this.backlog = new Backlog(shards, keys::partitionOf, settings.maximumQueued());
    this.channel =
        new Channel(
            link,
            keys,
            backlog,
            shards,
            settings.commandTimeout().toNanos(),
            ticker,
            this::recover);
    this.recovery =
        new Recovery(
            settings.namespace(),
            new Comeback(
                shards,
                backlog,
                channel,
                requests,
                sink,
                reply -> sequences.comparable(keys.control(), reply),
                replayed),
            execution);
    LostLeases lostLeases = new LostLeases();
    this.leasing = new Leasing(channel, requests, sequences, lostLeases, this::release);
    this.bulk =
        new BulkStore(
            channel, keys, requests, link.groups(settings.partitions()), this::release, lostLeases);
    this.barriers = new Barriers(channel, keys, requests, settings.maxStaleness().toMillis());
    this.reclaimer =
        new Reclaimer(
            channel, keys, requests, link.groups(settings.partitions()), settings, execution, sink);
    RedisLogs logs =
        new RedisLogs(
            link,
            keys,
            settings,
            requests.node,
            ticker,
            clockStep,
            sequences,
            barriers,
            new Announcement(settings.maxStaleness()));
    for (int[] group : link.groups(keys.logs())) {
      readers.add(new LogReader(logs, group, execution.scheduler(), sink, counters));
    }
  }

  /**
   * Connects, waiting for {@code patience} at most; a Redis that is away now is tried again later.
   *
   * @throws UnsuitableRedisException if it answers and cannot be used
   */
  public void open(Duration patience) {
    recovery.start();
    try {
      recovery.firstTry().get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnsuitableRedisException unsuitable) {
        throw unsuitable;
      }
    } catch (TimeoutException e) {
      LOG.warn("redis does not answer yet namespace={}", settings.namespace());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    readers.forEach(LogReader::start);
    reclaimer.start();
  }

  /** Returns the partition of a key, the same on every node. */
  public int partitionOf(String key) {
    return keys.partitionOf(key);
  }

  /** Reads an entry, or takes the lease to load it. */
  public LeaseReply lease(String key) {
    return leasing.ask(key, Leasing.READ);
  }

  /** Takes the lease to replace an entry that could not be read. */
  public LeaseReply leaseToReplace(String key) {
    return leasing.ask(key, Leasing.REPLACE);
  }

  /**
   * Takes the lease to refresh an entry that stays readable meanwhile; answers {@link
   * LeaseReply.Hit} if another one is there.
   *
   * @param sequence of the entry that is to be refreshed
   */
  public LeaseReply leaseToRefresh(String key, long sequence) {
    return leasing.ask(key, Leasing.REFRESH, sequence);
  }

  /** Reads an entry and takes no lease. */
  public LeaseReply peek(String key) {
    return leasing.ask(key, Leasing.PEEK);
  }

  /** Stores what was loaded under a lease, for {@code keepMillis}. */
  public Fill fill(String key, LeaseReply.Lease lease, byte[] entry, long keepMillis) {
    List<Object> reply = channel.call(requests.fill(key, lease, entry, keepMillis));
    if (reply == null) {
      return Fill.UNKNOWN;
    }
    return (Long) reply.get(0) == 1 ? Fill.STORED : Fill.REFUSED;
  }

  /** Gives a lease back without a value; does not wait. */
  public void release(String key, LeaseReply.Lease lease) {
    channel.tell(requests.release(key, lease));
  }

  /** Starts an entry's time to live anew, if it is the one of a sequence still; does not wait. */
  public void touch(String key, long sequence, long keepMillis) {
    channel.tell(requests.touch(key, sequence, keepMillis));
  }

  /**
   * Stores a value that was not loaded, and invalidates what the nodes have; returns the sequence
   * of that; 0 if it cannot be compared with those before, Redis having begun anew; -1 if Redis is
   * away: then an invalidation of the key is queued; {@link #HELD} if it is held and was
   * invalidated.
   *
   * @param entry makes the entry
   */
  public long put(String key, Encoder entry, long keepMillis) {
    int p = keys.partitionOf(key);
    long control = -1;
    for (int tries = 0; tries < 4; tries++) {
      long known = sequences.last(p);
      byte[] bytes = entry.encode(known, control);
      List<Object> reply = channel.call(requests.put(key, known, bytes, keepMillis));
      if (reply == null) {
        return queue(List.of(key));
      }
      long sequence = sequences.noted(p, reply);
      if ((Long) reply.get(2) == 2) {
        return HELD;
      }
      if ((Long) reply.get(2) == 1 && (sequence > 0 || control >= 0)) {
        return sequence;
      }
      // Redis began anew, perhaps the control log too: put it again with a mark that counts now.
      control = control < 0 ? controlSequence() : control;
    }
    return invalidateIn(p, List.of(key)); // a new incarnation each time: leave it invalidated
  }

  /**
   * Invalidates keys, those of a partition in one step, all of them in one trip to each master.
   *
   * @param holdMillis for how long nothing may be stored under them; 0 for not at all
   * @param done told each group's keys and sequence; see {@link #put}
   */
  public void invalidate(Collection<String> all, long holdMillis, GroupDone done) {
    List<Requests.Part> parts = requests.invalidations(all, holdMillis);
    List<@Nullable List<Object>> replies =
        channel.callAll(parts.stream().map(Requests.Part::call).toList());
    for (int i = 0; i < parts.size(); i++) {
      List<Object> reply = replies.get(i);
      List<String> part = parts.get(i).keys();
      int p = parts.get(i).call().log();
      done.accept(p, part, reply == null ? queue(part) : sequences.noted(p, reply));
    }
  }

  /** Returns what finds out how far the nodes have read. */
  public Barriers barriers() {
    return barriers;
  }

  /** Returns what reads and fills many keys at once. */
  public BulkStore bulk() {
    return bulk;
  }

  /**
   * Invalidates otherwise than by key, in one trip, whatever the number of keys; returns the
   * sequence of that in the control log, or as {@link #put} does.
   */
  public long control(Control control) {
    List<Object> reply = channel.call(requests.control(control));
    if (reply == null) {
      backlog.addAndOpen(control);
      recovery.start();
      return -1;
    }
    return sequences.comparable(keys.control(), reply);
  }

  /** Returns the counters and the state. */
  public Snapshot snapshot() {
    return new Snapshot(
        shards.state().name(),
        !shards.isAllAway(),
        channel.requests.sum(),
        channel.failures.sum(),
        channel.rejected.sum(),
        shards.opened(),
        backlog.size(),
        replayed.sum(),
        counters.records.sum(),
        counters.resets.sum(),
        counters.lag);
  }

  /** Returns how many condemned entries this node has taken out of Redis. */
  public long reclaimed() {
    return reclaimer.reclaimed();
  }

  /** Tells whether requests go to Redis now, whatever they are about. */
  public boolean isUp() {
    return shards.isAllClosed();
  }

  /** Closes what is not the host's. The scheduler is still to run what this gives it. */
  public void close() {
    recovery.close();
    reclaimer.close();
    Closing reading = new Closing(execution);
    readers.forEach(reading::stop);
    reading.await();
    barriers.leave(); // after the last that they say of this node
    Closing closing = new Closing(execution);
    closing.add(channel.close());
    closing.await();
    int lost = backlog.size();
    if (lost > 0) {
      LOG.warn(
          "closed with invalidations that redis never got namespace={} keys={}",
          settings.namespace(),
          lost);
    }
    link.close();
  }

  private long invalidateIn(int p, List<String> group) {
    List<Object> reply = channel.call(requests.invalidate(p, group, 0));
    return reply == null ? queue(group) : sequences.noted(p, reply);
  }

  /** Returns the control log's sequence at this moment, or -1 if Redis is away. */
  public long controlSequence() {
    List<Object> reply = channel.call(requests.controlCheck());
    return reply == null ? -1 : Sequences.parse(reply.get(2));
  }

  /** Queues what Redis may not have got; it is replayed before anything is read from there. */
  private long queue(List<String> group) {
    backlog.addAndOpen(group);
    recover();
    return -1;
  }

  private void recover() {
    recovery.start();
  }

  /** Makes the bytes of an entry. */
  @FunctionalInterface
  public interface Encoder {
    /**
     * Returns the entry.
     *
     * @param control the control log's sequence that it respects, or -1 for that which the caller
     *     knows of
     */
    byte[] encode(long sequence, long control);
  }

  /** Told how a group of keys was invalidated. */
  @FunctionalInterface
  public interface GroupDone {
    /** Takes the keys of one partition and their sequence, as {@link RedisStore#put} tells it. */
    void accept(int partition, List<String> keys, long sequence);
  }

  /**
   * Counters and state at a moment.
   *
   * @param breaker CLOSED, OPEN or HALF_OPEN; this too where it is closed for some masters only
   * @param up whether requests go to some master at least
   */
  public record Snapshot(
      String breaker,
      boolean up,
      long requests,
      long failures,
      long rejected,
      long breakerOpened,
      int queued,
      long replayed,
      long logRecords,
      long logResets,
      Duration lag) {}
}
