package io.spinforge.health.registry.redis;

import io.spinforge.health.registry.store.Answer;
import io.spinforge.health.registry.store.Change;
import io.spinforge.health.registry.store.Entry;
import io.spinforge.health.registry.store.Hint;
import io.spinforge.health.registry.store.Leases;
import io.spinforge.health.registry.store.Sync;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what the scripts answer; their heads say what that is. */
final class Replies {
  private static final int HEAD = 11; // elements of a sync before its list

  private Replies() {}

  static Answer answer(List<Object> reply) {
    return new Answer(outcome(reply.get(0)), number(reply.get(1)), number(reply.get(2)));
  }

  static List<Answer> answers(List<Object> reply) {
    List<Answer> answers = new ArrayList<>(reply.size() / 2);
    for (int i = 0; i < reply.size(); i += 2) {
      answers.add(new Answer(outcome(reply.get(i)), number(reply.get(i + 1)), 0));
    }
    return answers;
  }

  /** Returns whether the service has too many entries for one answer. */
  static boolean tooMany(List<Object> reply) {
    return reply.get(0).equals("L");
  }

  static Sync sync(List<Object> reply) {
    boolean whole = reply.get(0).equals("S");
    List<Change> changes = new ArrayList<>();
    for (int i = HEAD; i < reply.size(); i += whole ? 3 : 4) {
      changes.add(whole ? change(0, reply, i) : change(number(reply.get(i)), reply, i + 1));
    }
    return sync(reply, whole, changes);
  }

  /** Returns an answer from the head of a reply and entries that were read elsewhere. */
  static Sync sync(List<Object> head, boolean whole, List<Change> changes) {
    return new Sync(
        (String) head.get(1),
        number(head.get(2)),
        number(head.get(3)),
        whole,
        changes,
        number(head.get(4)),
        number(head.get(5)),
        number(head.get(6)),
        new Leases(
            (int) number(head.get(7)),
            (int) number(head.get(8)),
            (int) number(head.get(9)),
            number(head.get(10))));
  }

  /** Puts the entries of a chunk into the map; returns the next cursor. */
  static String chunk(List<Object> reply, Map<String, Change> into) {
    for (int i = 2; i < reply.size(); i += 3) {
      Change change = change(0, reply, i);
      into.put(change.id(), change);
    }
    return (String) reply.get(1);
  }

  private static Change change(long revision, List<Object> reply, int at) {
    String id = (String) reply.get(at);
    String owner = (String) reply.get(at + 1);
    String payload = (String) reply.get(at + 2);
    return new Change(revision, id, owner.isEmpty() ? null : new Entry(id, owner, payload));
  }

  /** Reads {@code gen rev digest id owner payload}; null if the text is something else. */
  static @Nullable Hint hint(String service, String message) {
    String[] parts = message.split(" ", 6);
    if (parts.length != 6) {
      return null;
    }
    try {
      String id = parts[3];
      Entry entry = parts[4].equals("-") ? null : new Entry(id, parts[4], parts[5]);
      Change change = new Change(Long.parseLong(parts[1]), id, entry);
      return new Hint(service, parts[0], Long.parseLong(parts[2]), change);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static Answer.Outcome outcome(Object text) {
    return Answer.Outcome.valueOf((String) text);
  }

  private static long number(Object value) {
    return value instanceof Long number ? number : Long.parseLong((String) value);
  }
}
