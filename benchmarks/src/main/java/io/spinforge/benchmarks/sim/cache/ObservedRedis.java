package io.spinforge.benchmarks.sim.cache;

import io.spinforge.cache.redis.Script;
import io.spinforge.cache.wire.EntryFormat;
import io.spinforge.cache.wire.WireEntry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The model, telling the oracle what it commits, with the guard of a mutant taken out. */
final class ObservedRedis extends ModelRedis {
  private final VirtualTime time;
  private final Oracle oracle;
  private final List<String> keys;
  private final @Nullable Mutant mutant;

  ObservedRedis(VirtualTime time, Oracle oracle, List<String> keys, @Nullable Mutant mutant) {
    super(time::now);
    this.time = time;
    this.oracle = oracle;
    this.keys = keys;
    this.mutant = mutant;
  }

  @Override
  List<Object> call(Script script, byte[][] names, byte[][] args) {
    List<Object> reply = super.call(script, names, args);
    if (VirtualTime.TRACE && script != Script.CHECK) {
      time.trace("redis %s %s -> %s", script, text(args), text(reply.toArray()));
    }
    switch (script) {
      case INVALIDATE -> {
        for (int i = 3; i < args.length; i++) {
          oracle.committed(name(args[i]));
        }
      }
      case PUT -> {
        WireEntry entry = EntryFormat.decode(name(args[3]), args[5]);
        if (entry != null && entry.payload() != null) {
          oracle.put(name(args[3]), name(entry.payload()));
        }
      }
      case CONTROL -> {
        List<String> arguments = new ArrayList<>();
        for (int i = 4; i < args.length; i++) {
          arguments.add(name(args[i]));
        }
        Subjects.of(name(args[3]).charAt(0), arguments, keys).forEach(oracle::committed);
      }
      default -> {
        // commits nothing that a reader must respect
      }
    }
    return reply;
  }

  @Override
  void flush() {
    super.flush();
    keys.forEach(oracle::committed);
  }

  @Override
  boolean mayFill(@Nullable String held, String token) {
    return mutant == Mutant.FILL_WITHOUT_LEASE || super.mayFill(held, token);
  }

  @Override
  boolean seesOtherRuns() {
    return mutant != Mutant.NO_OTHER_RUN && super.seesOtherRuns();
  }

  @Override
  String incarnation(String candidate) {
    return mutant == Mutant.NO_INCARNATION ? "same" : super.incarnation(candidate);
  }

  private static String text(Object[] parts) {
    StringBuilder out = new StringBuilder();
    for (Object part : parts) {
      out.append(part instanceof byte[] bytes ? name(bytes).replaceAll("[^!-~]", ".") : part);
      out.append(' ');
    }
    return out.toString();
  }
}
