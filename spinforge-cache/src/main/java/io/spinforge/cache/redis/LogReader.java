package io.spinforge.cache.redis;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the invalidation logs of some partitions over a connection of its own and proves, again and
 * again, that nothing was missed.
 *
 * <p>A round is {@code XREAD BLOCK 500}, which brings records the moment they are written, and then
 * CHECK, which answers each partition's incarnation and the id of its log's last record. The check
 * is the proof: if all records up to that id were applied, then every invalidation committed before
 * the check was <em>sent</em> is respected, and memory may be believed until that time plus {@code
 * maxStaleness}. Publish/subscribe could not give this: its messages are lost with a connection,
 * and silence means nothing.
 *
 * <p>Nothing depends on the server's clock or on ids only growing. A record names the one before
 * it, so a gap shows whatever made it: trimming, a failover that lost the tail, a clock put back.
 * The partition is then reset, as it is when its incarnation changed (flushed, evicted), when its
 * log's end went back, and when the connection leads to another server process than before.
 *
 * <p>All state belongs to the scheduler's one thread; nothing here blocks.
 */
final class LogReader {
  /** How long a read waits for records: the pulse of the proofs. */
  static final Duration BLOCK = Duration.ofMillis(500);

  private static final Duration EARLY = Duration.ofMillis(10);

  private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);
  private static final long CHECK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final int RECORDS_AT_ONCE = 1000;

  private final Link link;
  private final Keys keys;
  private final RedisSettings settings;
  private final String node;
  private final LongSupplier ticker;
  private final ScheduledExecutorService scheduler;
  private final LogSink sink;
  private final LogApplier applier;
  private final LogPosition[] positions;
  private final Map<String, LogPosition> byLog = new HashMap<>();
  private final byte[][] checkKeys;
  private final byte[][] logKeys;

  private final Announcement announcement;
  private final boolean announces; // that this node reads the logs, being who reads the control log

  private @Nullable Session session;
  private @Nullable String runId;
  private int attempts;
  private long checkedAt;
  private int tooEarly; // how many checks in a row came before the node was announced

  // Written by the scheduler's thread; volatile for a connection that comes up on the network's.
  private volatile boolean closed;

  LogReader(
      RedisLogs logs,
      int[] partitions,
      ScheduledExecutorService scheduler,
      LogSink sink,
      LogCounters counters) {
    this.link = logs.link();
    this.keys = logs.keys();
    this.settings = logs.settings();
    this.node = logs.node();
    this.ticker = logs.ticker();
    this.scheduler = scheduler;
    this.sink = sink;
    this.announcement = logs.announcement();
    this.positions = new LogPosition[partitions.length];
    this.announces = partitions[partitions.length - 1] == keys.control();
    this.applier = new LogApplier(logs, announces, sink, counters);
    this.checkKeys = new byte[2 * partitions.length + (announces ? 1 : 0)][];
    this.logKeys = new byte[partitions.length][];
    for (int i = 0; i < partitions.length; i++) {
      int p = partitions[i];
      positions[i] = new LogPosition(p);
      byLog.put(Keys.text(keys.log(p)), positions[i]);
      checkKeys[2 * i] = keys.state(p);
      checkKeys[2 * i + 1] = keys.log(p);
      logKeys[i] = keys.log(p);
    }
    if (announces) {
      checkKeys[2 * partitions.length] = keys.nodes();
    }
  }

  void start() {
    scheduler.execute(this::connect);
  }

  /** Stops reading, on the scheduler's thread; completes when the connection is closed. */
  CompletableFuture<Void> stop() {
    closed = true;
    return drop();
  }

  private void connect() {
    if (closed) {
      return;
    }
    CompletableFuture<? extends LogConnection> connecting;
    try {
      connecting = link.connectLog(keys.log(positions[0].partition), attempts > 0);
    } catch (RuntimeException e) {
      retry(e);
      return;
    }
    var unused =
        connecting.whenComplete(
            (connection, failure) -> {
              if (closed && connection != null) { // the scheduler may have ended already
                abandon(connection);
              } else {
                scheduler.execute(() -> opened(connection, failure));
              }
            });
  }

  private void opened(@Nullable LogConnection connection, @Nullable Throwable failure) {
    if (connection == null) {
      retry(failure == null ? new IllegalStateException("no connection") : failure);
    } else if (closed) {
      abandon(connection);
    } else {
      connected(connection);
    }
  }

  private static void abandon(LogConnection connection) {
    var unused = connection.close();
  }

  private void connected(LogConnection connection) {
    Session s = new Session(connection);
    session = s;
    connection.onLost(s::interrupted);
    step(s, connection.info(), settings.commandTimeout(), info -> greeted(s, info));
  }

  private void greeted(Session s, String text) {
    ServerInfo info = ServerInfo.parse(text);
    if (!info.master() || !info.isSupported()) {
      lost(s, new IllegalStateException("not a master, or too old: " + info));
      return;
    }
    s.runId = info.runId();
    if (!info.runId().equals(runId)) {
      for (LogPosition position : positions) {
        position.forget();
      }
      runId = info.runId();
    }
    check(s);
  }

  private static String runOf(Session s) {
    String run = s.runId;
    return run == null ? "" : run;
  }

  private void check(Session s) {
    long sent = ticker.getAsLong();
    checkedAt = sent;
    byte[][] args = {Calls.candidate()};
    if (announces) {
      byte[] believes = Requests.number(settings.maxStaleness().toMillis());
      args = new byte[][] {args[0], Keys.bytes(node), believes, Keys.bytes(runOf(s))};
    }
    step(
        s,
        s.connection.call(Script.CHECK, checkKeys, args),
        settings.commandTimeout(),
        reply -> checked(s, sent, reply));
  }

  private void checked(Session s, long sent, List<Object> reply) {
    attempts = 0;
    if (announces && announcement.renewed(sent, ticker.getAsLong())) {
      disbelieveOthers();
    }
    boolean early = false;
    // The control log stands last and goes first: whoever misses in memory finds it known.
    for (int i = positions.length - 1; i >= 0; i--) {
      LogEnd end = LogEnd.of(reply, i);
      LogPosition position = positions[i];
      if (!position.isAt(end.incarnation()) || position.isBehind(end.id())) {
        applier.reset(position, end);
      } else if (position.hasGap()) {
        applier.closeGap(position, end);
      }
      position.expect(end.id(), sent);
      early |= !applier.prove(position);
    }
    tooEarly = early ? tooEarly + 1 : 0;
    read(s);
  }

  /** Has nothing believed that readers of other masters' logs have proven so far. */
  private void disbelieveOthers() {
    Set<Integer> own = new HashSet<>();
    for (LogPosition position : positions) {
      own.add(position.partition);
    }
    for (int p = 0; p < keys.control(); p++) {
      if (!own.contains(p)) {
        sink.unproven(p);
      }
    }
  }

  /** Returns how long to wait for records before the next check: not long if the last was early. */
  private Duration block() {
    return tooEarly == 0 || tooEarly > 5 ? BLOCK : EARLY.multipliedBy(1L << tooEarly);
  }

  private void read(Session s) {
    String[] ids = new String[positions.length];
    for (int i = 0; i < positions.length; i++) {
      ids[i] = positions[i].last().toString();
      positions[i].reading();
    }
    step(
        s,
        s.connection.read(logKeys, ids, block(), RECORDS_AT_ONCE),
        settings.commandTimeout().plus(BLOCK),
        messages -> received(s, messages));
  }

  private void received(Session s, List<LogConnection.Message> messages) {
    for (LogConnection.Message message : messages) {
      LogPosition position = byLog.get(Keys.text(message.log()));
      if (position != null) {
        applier.apply(position, LogRecord.parse(message.id(), message.body()));
      }
    }
    boolean gap = false;
    for (LogPosition position : positions) {
      gap |= position.hasGap();
      if (position.isBroken()) {
        position.forget(); // the next check resets it
      } else if (!applier.prove(position)) {
        tooEarly++;
      }
    }
    if (messages.isEmpty() || gap || ticker.getAsLong() - checkedAt >= CHECK_EVERY_NANOS) {
      check(s);
    } else {
      read(s);
    }
  }

  /**
   * Continues with {@code next} when the answer is there; gives the connection up when it is not.
   */
  private <T> void step(
      Session s, CompletableFuture<T> answer, Duration patience, Consumer<T> next) {
    ScheduledFuture<?> timeout =
        scheduler.schedule(
            () -> lost(s, new IllegalStateException("no answer")),
            Math.max(2 * patience.toNanos(), BLOCK.toNanos()),
            TimeUnit.NANOSECONDS);
    var unused =
        answer.whenCompleteAsync(
            (value, failure) -> {
              timeout.cancel(false);
              if (s != session || s.broken) {
                return;
              }
              if (failure != null) {
                lost(s, failure);
                return;
              }
              try {
                next.accept(value);
              } catch (RuntimeException e) {
                lost(s, e);
              }
            },
            scheduler);
  }

  private void lost(Session s, Throwable cause) {
    if (s == session) {
      var unused = drop();
      sink.lost();
      retry(cause);
    }
  }

  private CompletableFuture<Void> drop() {
    Session s = session;
    session = null;
    if (s == null) {
      return CompletableFuture.completedFuture(null);
    }
    s.broken = true;
    return s.connection.close();
  }

  private void retry(Throwable cause) {
    if (closed) {
      return;
    }
    if (attempts++ == 0) {
      LOG.warn("log lost, reconnecting namespace={} cause={}", settings.namespace(), text(cause));
    }
    var unused =
        scheduler.schedule(this::connect, Recovery.delayMillis(attempts), TimeUnit.MILLISECONDS);
  }

  /** Returns a cause in one line: a lost connection's stack is the network's and tells nothing. */
  static String text(Throwable cause) {
    Throwable root = cause.getCause() == null ? cause : cause.getCause();
    return root.toString();
  }

  /** One connection. Once it has been interrupted its answers may come from another server. */
  private final class Session {
    private final LogConnection connection;
    private @Nullable String runId; // of the scheduler's thread, as all of the reader's

    // Set by the network's thread before any later answer can arrive, read by the scheduler's.
    private volatile boolean broken;

    Session(LogConnection connection) {
      this.connection = connection;
    }

    void interrupted() {
      broken = true;
      scheduler.execute(() -> lost(this, new IllegalStateException("disconnected")));
    }
  }
}
