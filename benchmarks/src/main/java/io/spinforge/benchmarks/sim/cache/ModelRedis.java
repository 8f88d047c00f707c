package io.spinforge.benchmarks.sim.cache;

import static io.spinforge.benchmarks.sim.cache.ModelLease.taken;
import static io.spinforge.benchmarks.sim.cache.ModelLease.token;
import static java.util.Objects.requireNonNull;

import io.spinforge.benchmarks.sim.cache.ModelTexts.Text;
import io.spinforge.cache.redis.Script;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Redis as far as the protocol uses it: the scripts' atomic meaning over strings with a time to
 * live, hashes and streams. A test holds it against the scripts on a real Redis.
 */
class ModelRedis extends ModelStore {
  private static final byte[] EMPTY = new byte[0];
  private static final long WOKEN = 2; // stored, and somebody waits

  private static final byte[] HOLD = bytes("H");

  ModelRedis(LongSupplier nanos) {
    super(nanos);
  }

  List<Object> call(Script script, byte[][] keys, byte[][] args) {
    String[] k = new String[keys.length];
    for (int i = 0; i < k.length; i++) {
      k[i] = name(keys[i]);
    }
    List<Object> reply = answer(script, k, args);
    serve();
    return reply;
  }

  private List<Object> answer(Script script, String[] k, byte[][] args) {
    return switch (script) {
      case CHECK -> check(k, args);
      case LEASE -> lease(k, args);
      case LEASES -> leases(k, args);
      case FILL -> fill(k, args);
      case FILLS -> fills(k, args);
      case RELEASE -> release(k, args);
      case INVALIDATE -> invalidate(k, args);
      case PUT -> put(k, args);
      case TOUCH -> touch(k, args);
      case CLEAR -> clear(k, args);
      case CONTROL -> control(k, args);
      case HOLD -> hold(k, args);
      case PRESENT -> barriers.present(run());
      case BARRIER -> barrier(k, args);
      case ARRIVED -> arrived(k, args);
      case LEFT -> List.of(left(k[0]));
      case LEAVE -> barriers.leave(name(args[0]));
      case TURN -> barriers.turn(args);
      case HEADS -> heads(k, args);
      case RECLAIM -> reclaim(k, args);
    };
  }

  private List<Object> check(String[] k, byte[][] args) {
    List<Object> out = new ArrayList<>();
    for (int i = 0; i + 1 < k.length; i += 2) {
      ModelState s = state(k[i], k[i + 1], name(args[0]));
      out.add(bytes(s.incarnation));
      out.add(bytes(s.end.toString()));
      out.add(bytes(s.sequence));
      out.add(Math.max(0, ModelTexts.millis(s.heldUntil - texts().now())));
    }
    if (args.length > 1) {
      barriers.announce(name(args[1]), name(args[2]), name(args[3]));
    }
    return out;
  }

  private List<Object> lease(String[] k, byte[][] args) {
    ModelState s = state(k[0], k[1], name(args[0]));
    char mode = (char) args[1][0];
    String refreshed = mode == 'R' ? name(args[3]) : "";
    return lease(s, k[2], k[3], mode, refreshed, args[4], args[2]);
  }

  private List<Object> leases(String[] k, byte[][] args) {
    List<Object> out = new ArrayList<>();
    int partitions = Integer.parseInt(name(args[2]));
    int key = 0;
    int arg = 3 + partitions;
    for (int p = 0; p < partitions; p++) {
      ModelState s = state(k[key], k[key + 1], name(args[0]));
      key += 2;
      for (int n = Integer.parseInt(name(args[3 + p])); n > 0; n--) {
        String wanted = name(args[arg++]);
        char mode = wanted.equals("F") ? 'F' : 'R';
        List<Object> one = lease(s, k[key], k[key + 1], mode, wanted, args[0], args[1]);
        key += 2;
        for (int i = 0; i < 3; i++) {
          out.add(i < one.size() ? one.get(i) : EMPTY);
        }
      }
    }
    return out;
  }

  private List<Object> lease(
      ModelState s, String v, String l, char mode, String refreshed, byte[] taker, byte[] life) {
    Text e = mode == 'F' ? null : texts().get(v);
    boolean kept = false;
    if (e != null) {
      boolean readable = e.value().length >= 12;
      long own = readable ? ByteBuffer.wrap(e.value()).getLong(4) : 0;
      if (!readable || own >= s.floor || !heedsFloor()) {
        kept = readable && refreshed.equals(Long.toString(own));
        if (!kept) {
          return List.of(bytes("H"), e.value(), texts().left(e));
        }
      }
    }
    if (mode == 'P') {
      return List.of(bytes("M"));
    }
    if (!kept) {
      texts().remove(v);
    }
    return take(s, l, taker, life);
  }

  /** Tells whether entries from before their partition was cleared are void: a guard. */
  boolean heedsFloor() {
    return true;
  }

  private List<Object> take(ModelState s, String l, byte[] taker, byte[] life) {
    Text there = texts().get(l);
    if (there != null && isHeld(l)) {
      return List.of(bytes("B"));
    }
    if (there != null) {
      String held = name(there.value());
      if (ModelLease.stands(held, taken(held, taker))) {
        return List.of(bytes("L"), bytes(token(held)), bytes(taken(held, taker)));
      }
      if (!ModelLease.isWaitedFor(held)) {
        texts().replace(l, there, bytes(held + "w"));
      }
      return List.of(bytes("W"), texts().left(there));
    }
    String seq = Long.toString(s.next());
    byte[] lease = bytes(taken(seq, taker));
    texts().put(l, lease, life);
    return List.of(bytes("L"), bytes(seq), lease);
  }

  private List<Object> fill(String[] k, byte[][] args) {
    long stored = fill(k[0], k[2], k[3], args, 0);
    if (stored == WOKEN) {
      append(k[1], requireNonNull(known(k[0])), "W", 0, args[4], args[3]);
    }
    return List.of(Math.min(1, stored));
  }

  private List<Object> fills(String[] k, byte[][] args) {
    List<Object> out = new ArrayList<>();
    int partitions = Integer.parseInt(name(args[2]));
    int key = 0;
    int arg = 3 + partitions;
    for (int p = 0; p < partitions; p++) {
      String q = k[key];
      String log = k[key + 1];
      key += 2;
      List<byte[]> woken = new ArrayList<>();
      for (int n = Integer.parseInt(name(args[3 + p])); n > 0; n--) {
        long stored = fill(q, k[key], k[key + 1], args, arg);
        if (stored == WOKEN) {
          woken.add(args[arg + 3]);
        }
        out.add(Math.min(1, stored));
        key += 2;
        arg += 4;
      }
      if (!woken.isEmpty()) {
        append(log, requireNonNull(known(q)), "W", 0, args[0], woken.toArray(byte[][]::new));
      }
    }
    return out;
  }

  /** Fills with the lease, entry and time at {@code arg}; tells whether it did and who waits. */
  private long fill(String q, String v, String l, byte[][] args, int arg) {
    String token = name(args[arg]);
    String held = texts().read(l);
    if (!mayFill(held, token, arg > 0)) {
      return 0;
    }
    texts().remove(l);
    ModelState s = known(q);
    if (s == null || Long.parseLong(token(token)) < s.floor) {
      return 0;
    }
    texts().put(v, args[arg + 1], args[arg + 2]);
    return ModelLease.isWaitedFor(held) ? WOKEN : 1;
  }

  /** Tells whether the lease still stands: the guard on FILL, and on FILLS if it is of many. */
  boolean mayFill(@Nullable String held, String token, boolean ofMany) {
    return ModelLease.stands(held, token);
  }

  private List<Object> release(String[] k, byte[][] args) {
    String token = name(args[0]);
    String held = texts().read(k[2]);
    if (!ModelLease.stands(held, token)) {
      return List.of(0L);
    }
    texts().remove(k[2]);
    ModelState s = known(k[0]);
    if (s != null && ModelLease.isWaitedFor(held)) {
      append(k[1], s, "W", 0, args[2], args[1]);
    }
    return List.of(1L);
  }

  private List<Object> invalidate(String[] k, byte[][] args) {
    ModelState s = state(k[0], k[1], name(args[0]));
    long seq = s.next();
    for (int i = 2; i < k.length; i += 2) {
      texts().remove(k[i]);
      if (!isHeld(k[i + 1])) {
        texts().remove(k[i + 1]);
      }
    }
    append(k[1], s, "I", seq, args[1], Arrays.copyOfRange(args, 3, args.length));
    return List.of(bytes(seq), bytes(s.incarnation));
  }

  private List<Object> hold(String[] k, byte[][] args) {
    ModelState s = state(k[0], k[1], name(args[0]));
    long seq = s.next();
    long millis = Long.parseLong(name(args[3]));
    for (int i = 2; i < k.length; i += 2) {
      texts().remove(k[i]);
      Text there = texts().get(k[i + 1]);
      if (there == null || !isHeld(k[i + 1]) || texts().left(there) < millis) {
        texts().put(k[i + 1], HOLD, args[3]);
      }
    }
    s.heldUntil = Math.max(s.heldUntil, texts().now() + ModelTexts.nanos(millis));
    append(k[1], s, "I" + millis, seq, args[1], Arrays.copyOfRange(args, 4, args.length));
    return List.of(bytes(seq), bytes(s.incarnation));
  }

  /** Tells whether nothing may be stored under a key for now: the guard of a hold. */
  boolean isHeld(String lease) {
    byte[] there = value(lease);
    return there != null && Arrays.equals(there, HOLD);
  }

  private List<Object> barrier(String[] k, byte[][] args) {
    ModelState s = state(k[0], k[1], name(args[0]));
    barriers.expect(k[2], args, 5);
    append(k[1], s, "Q", s.sequence, args[1], args[3]);
    return List.of(1L);
  }

  private List<Object> arrived(String[] k, byte[][] args) {
    if (!barriers.arrived(k[2], name(args[0]))) {
      return List.of(0L);
    }
    ModelState s = known(k[0]);
    if (s != null) {
      append(k[1], s, "W", s.sequence, args[1], args[3]);
    }
    return List.of(1L);
  }

  /** Returns how many nodes have not come to a barrier: the guard of who waits for all. */
  long left(String barrier) {
    return barriers.left(barrier);
  }

  private List<Object> heads(String[] k, byte[][] args) {
    List<Object> out = new ArrayList<>();
    for (String key : k) {
      out.add(head(key, Integer.parseInt(name(args[0])) + 1));
    }
    return out;
  }

  private byte[] head(String key, int length) {
    byte[] there = value(key);
    return there == null ? EMPTY : Arrays.copyOf(there, Math.min(there.length, length));
  }

  private List<Object> reclaim(String[] k, byte[][] args) {
    long gone = 0;
    for (int i = 0; i < k.length; i++) {
      if (value(k[i]) != null && beginsSo(head(k[i], args[i].length), args[i])) {
        texts().remove(k[i]);
        gone++;
      }
    }
    return List.of(gone);
  }

  /** Tells whether an entry is the one that was judged: the guard of what is reclaimed. */
  boolean beginsSo(byte[] head, byte[] judged) {
    return Arrays.equals(head, judged);
  }

  private List<Object> put(String[] k, byte[][] args) {
    ModelState s = state(k[0], k[1], name(args[0]));
    long newest = s.sequence;
    long seq = s.next();
    texts().remove(k[2]);
    boolean held = isHeld(k[3]);
    if (!held) {
      texts().remove(k[3]);
    }
    long own = Long.parseLong(name(args[4]));
    boolean stored = !held && own >= s.floor && own <= newest;
    if (stored) {
      texts().put(k[2], args[5], args[6]);
    }
    append(k[1], s, "I", seq, args[1], args[3]);
    return List.of(bytes(seq), bytes(s.incarnation), held ? 2L : stored ? 1L : 0L);
  }

  private List<Object> touch(String[] k, byte[][] args) {
    Text e = texts().get(k[2]);
    if (e == null
        || e.value().length < 12
        || ByteBuffer.wrap(e.value()).getLong(4) != Long.parseLong(name(args[0]))) {
      return List.of(0L);
    }
    texts().put(k[2], e.value(), args[1]);
    return List.of(1L);
  }

  private List<Object> clear(String[] k, byte[][] args) {
    ModelState s = state(k[0], k[1], name(args[0]));
    long seq = s.next();
    s.floor = seq;
    append(k[1], s, "C", seq, args[1]);
    return List.of(bytes(seq));
  }

  private List<Object> control(String[] k, byte[][] args) {
    ModelState s = state(k[0], k[1], name(args[0]));
    String run = run();
    boolean other = !s.run.equals(run);
    s.run = run;
    if (other && seesOtherRuns()) {
      String name = ModelState.named(name(args[0]), run);
      s.incarnation = incarnation(name);
      s.sequence = first(k[1], name);
      s.floor = s.sequence;
    }
    long seq = s.next();
    append(k[1], s, name(args[3]), seq, args[1], Arrays.copyOfRange(args, 4, args.length));
    return List.of(bytes(seq), bytes(s.incarnation));
  }

  /** Tells whether the control log begins anew on another server process: a guard. */
  boolean seesOtherRuns() {
    return true;
  }
}
