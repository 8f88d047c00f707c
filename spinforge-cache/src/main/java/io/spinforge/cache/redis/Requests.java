package io.spinforge.cache.redis;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Makes the calls of the protocol, each as its script's file says. Thread-safe. */
final class Requests {
  private static final byte[] LOG_LENGTH = Keys.bytes("10000");
  private static final byte[] CONTROL_LENGTH = Keys.bytes("100000");

  private static final int KEYS_AT_ONCE = 500;

  /** This node's name in the records that it writes. */
  final String node = Long.toHexString(ThreadLocalRandom.current().nextLong());

  private final Keys keys;
  private final LongSupplier ticker;
  private final byte[] leaseMillis;

  Requests(Keys keys, LongSupplier ticker, RedisSettings settings) {
    this.keys = keys;
    this.ticker = ticker;
    this.leaseMillis = number(settings.leaseTimeToLive().toMillis());
  }

  int partitionOf(String key) {
    return keys.partitionOf(key);
  }

  /**
   * Asks for an entry, or for the lease.
   *
   * @param candidate names an incarnation, should there be none
   * @param taker the name in which the lease is asked for
   */
  Invocation lease(
      String key,
      String mode,
      byte[] sequence,
      byte[] candidate,
      byte[] taker,
      Consumer<List<Object>> late) {
    int p = keys.partitionOf(key);
    byte[][] args = {candidate, Keys.bytes(mode), leaseMillis, sequence, taker};
    return new Invocation(Script.LEASE, p, names(p, key), args, late);
  }

  Invocation fill(String key, LeaseReply.Lease lease, byte[] entry, long keepMillis) {
    int p = keys.partitionOf(key);
    byte[][] args = {
      Keys.bytes(lease.proof()), entry, number(keepMillis), Keys.bytes(key), sender(), LOG_LENGTH
    };
    return new Invocation(Script.FILL, p, names(p, key), args);
  }

  Invocation release(String key, LeaseReply.Lease lease) {
    int p = keys.partitionOf(key);
    byte[][] names = {keys.state(p), keys.log(p), keys.lease(p, key)};
    byte[][] args = {Keys.bytes(lease.proof()), Keys.bytes(key), sender(), LOG_LENGTH};
    return new Invocation(Script.RELEASE, p, names, args);
  }

  Invocation touch(String key, long sequence, long keepMillis) {
    int p = keys.partitionOf(key);
    byte[][] names = {keys.state(p), keys.log(p), keys.entry(p, key)};
    byte[][] args = {number(sequence), number(keepMillis)};
    return new Invocation(Script.TOUCH, p, names, args);
  }

  Invocation put(String key, long known, byte[] entry, long keepMillis) {
    int p = keys.partitionOf(key);
    byte[][] args = {
      Calls.candidate(),
      sender(),
      LOG_LENGTH,
      Keys.bytes(key),
      number(known),
      entry,
      number(keepMillis)
    };
    return new Invocation(Script.PUT, p, names(p, key), args);
  }

  /**
   * Invalidates keys of one partition.
   *
   * @param holdMillis for how long nothing may be stored under them; 0 for not at all
   */
  Invocation invalidate(int p, List<String> group, long holdMillis) {
    boolean hold = holdMillis > 0;
    byte[][] names = new byte[2 + 2 * group.size()][];
    names[0] = keys.state(p);
    names[1] = keys.log(p);
    List<byte[]> args = new ArrayList<>(List.of(Calls.candidate(), sender(), LOG_LENGTH));
    if (hold) {
      args.add(number(holdMillis));
    }
    for (int i = 0; i < group.size(); i++) {
      names[2 + 2 * i] = keys.entry(p, group.get(i));
      names[3 + 2 * i] = keys.lease(p, group.get(i));
      args.add(Keys.bytes(group.get(i)));
    }
    Script script = hold ? Script.HOLD : Script.INVALIDATE;
    return new Invocation(script, p, names, args.toArray(byte[][]::new));
  }

  /** Invalidates keys, those of a partition in one step; see {@link #invalidate}. */
  List<Part> invalidations(Collection<String> all, long holdMillis) {
    Map<Integer, List<String>> groups = new TreeMap<>();
    for (String key : all) {
      groups.computeIfAbsent(keys.partitionOf(key), p -> new ArrayList<>()).add(key);
    }
    List<Part> parts = new ArrayList<>();
    groups.forEach(
        (p, group) -> {
          for (int i = 0; i < group.size(); i += KEYS_AT_ONCE) {
            List<String> part = group.subList(i, Math.min(group.size(), i + KEYS_AT_ONCE));
            parts.add(new Part(part, invalidate(p, part, holdMillis)));
          }
        });
    return parts;
  }

  /** Invalidates all of a partition. */
  Invocation clear(int p) {
    byte[][] names = {keys.state(p), keys.log(p)};
    byte[][] args = {Calls.candidate(), sender(), LOG_LENGTH};
    return new Invocation(Script.CLEAR, p, names, args);
  }

  /** Invalidates otherwise than by key. */
  Invocation control(Control control) {
    List<String> arguments = control.arguments();
    byte[][] args = new byte[4 + arguments.size()][];
    args[0] = Calls.candidate();
    args[1] = sender();
    args[2] = CONTROL_LENGTH;
    args[3] = Keys.bytes(String.valueOf(control.kind().operation()));
    for (int i = 0; i < arguments.size(); i++) {
      args[4 + i] = Keys.bytes(arguments.get(i));
    }
    return new Invocation(Script.CONTROL, keys.control(), controlNames(), args);
  }

  /** Asks where the control log is. */
  Invocation controlCheck() {
    byte[][] args = {Calls.candidate()};
    return new Invocation(Script.CHECK, keys.control(), controlNames(), args);
  }

  /** Asks who reads the logs. */
  Invocation present() {
    return new Invocation(Script.PRESENT, keys.control(), nodesName(), new byte[0][]);
  }

  /** Says that this node reads the logs no more. */
  Invocation leave() {
    byte[][] args = {Keys.bytes(node)};
    return new Invocation(Script.LEAVE, keys.control(), nodesName(), args);
  }

  /**
   * Places a barrier in a log.
   *
   * @param members the nodes that are to answer it
   */
  Invocation barrier(int log, String id, long keepMillis, List<String> members) {
    byte[][] args = new byte[5 + members.size()][];
    args[0] = Calls.candidate();
    args[1] = sender();
    args[2] = lengthOf(log);
    args[3] = Keys.bytes(id);
    args[4] = number(keepMillis);
    for (int i = 0; i < members.size(); i++) {
      args[5 + i] = Keys.bytes(members.get(i));
    }
    return new Invocation(Script.BARRIER, log, barrierNames(log, id), args);
  }

  /** Asks how many have not come to a barrier. */
  Invocation left(int log, String id) {
    byte[][] names = {keys.missing(log, id)};
    return new Invocation(Script.LEFT, log, names, new byte[0][]);
  }

  /** Says that a node has come to a barrier. */
  Invocation arrived(int log, String id, String member) {
    byte[][] args = {Keys.bytes(member), sender(), lengthOf(log), Keys.bytes(id)};
    return new Invocation(Script.ARRIVED, log, barrierNames(log, id), args);
  }

  /** Takes or keeps the turn to reclaim, or ends it; see the script. */
  Invocation turn(long target, String done, long millis) {
    byte[][] args = {Keys.bytes(node), number(millis), number(target), Keys.bytes(done)};
    return new Invocation(Script.TURN, keys.control(), new byte[][] {keys.sweep()}, args);
  }

  /** Returns the arguments with which every call on many keys that may append to logs begins. */
  List<byte[]> appending() {
    return List.of(sender(), LOG_LENGTH);
  }

  /** Returns the arguments with which every question for leases of many keys begins. */
  List<byte[]> leasing() {
    return List.of(Calls.candidate(), leaseMillis);
  }

  static byte[] number(long value) {
    return Keys.bytes(Long.toString(value));
  }

  private byte[] sender() {
    return Keys.bytes(node + "|" + ticker.getAsLong());
  }

  private byte[][] names(int p, String key) {
    return new byte[][] {keys.state(p), keys.log(p), keys.entry(p, key), keys.lease(p, key)};
  }

  private byte[] lengthOf(int log) {
    return log == keys.control() ? CONTROL_LENGTH : LOG_LENGTH;
  }

  private byte[][] nodesName() {
    return new byte[][] {keys.nodes()};
  }

  private byte[][] barrierNames(int log, String id) {
    return new byte[][] {keys.state(log), keys.log(log), keys.missing(log, id)};
  }

  private byte[][] controlNames() {
    return new byte[][] {keys.state(keys.control()), keys.log(keys.control())};
  }

  /** Keys of one partition, and the call that invalidates them. */
  record Part(List<String> keys, Invocation call) {}
}
