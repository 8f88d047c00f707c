package io.spinforge.health.registry.redis;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import io.spinforge.health.registry.store.Answer;
import io.spinforge.health.registry.store.Claim;
import io.spinforge.health.registry.store.Lease;
import io.spinforge.health.registry.store.Sync;
import java.util.ArrayList;
import java.util.List;

/** The scripts as they are, but for the clock, which is a key of Redis that a test sets. */
final class TimedScripts {
  private static final String CLOCK = "clock";
  private static final String READ = "redis.call('TIME')";

  private final RedisCommands<String, String> commands;
  private final Keys keys = new Keys("timed");

  TimedScripts(RedisCommands<String, String> commands) {
    this.commands = commands;
  }

  void clock(long millis) {
    commands.set(CLOCK, Long.toString(millis));
  }

  Answer register(String service, Claim claim) {
    return Replies.answer(
        run(
            Script.REGISTER,
            service,
            "generation",
            claim.id(),
            claim.nonce(),
            String.valueOf(claim.status()),
            claim.payload(),
            Long.toString(claim.ttlMillis()),
            claim.takeOver() ? "1" : "0",
            claim.again() ? "1" : "0"));
  }

  List<Answer> beat(String service, long ttlMillis, List<Lease> leases) {
    List<String> args = new ArrayList<>(List.of(Long.toString(ttlMillis)));
    leases.forEach(lease -> args.addAll(List.of(lease.id(), lease.nonce())));
    return Replies.answers(run(Script.BEAT, service, args.toArray(String[]::new)));
  }

  Answer update(String service, Lease lease, long epoch, Claim claim) {
    return Replies.answer(
        run(
            Script.UPDATE,
            service,
            lease.id(),
            lease.nonce(),
            Long.toString(epoch),
            String.valueOf(claim.status()),
            claim.payload()));
  }

  Answer remove(String service, Lease lease) {
    return Replies.answer(run(Script.REMOVE, service, lease.id(), lease.nonce()));
  }

  Sync sync(String service, String generation, long revision) {
    return Replies.sync(run(Script.SYNC, service, generation, Long.toString(revision), "1000000"));
  }

  private List<Object> run(Script script, String service, String... args) {
    String[] all = new String[args.length + 2];
    all[0] = keys.changes(service);
    all[1] = keys.generations(service);
    System.arraycopy(args, 0, all, 2, args.length);
    String clock = "redis.call('GET', '" + CLOCK + "')";
    String text =
        script
            .text()
            .replace(READ, "{ math.floor(" + clock + " / 1000), (" + clock + " % 1000) * 1000 }");
    return commands.eval(text, ScriptOutputType.MULTI, keys.of(service), all);
  }
}
