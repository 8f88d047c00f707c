package io.spinforge.health.registry.store;

import static io.spinforge.health.registry.store.Answer.Outcome.OWN;
import static io.spinforge.health.registry.store.Answer.Outcome.TAKEN;
import static io.spinforge.health.registry.store.Answer.Outcome.WRITTEN;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One service in a {@link MemoryLeaseStore}: step by step what the scripts do in Redis, which are
 * tested against it. Times are milliseconds of any clock.
 */
final class MemoryTable {
  private static final int HISTORY = 1000;
  private static final int SWEEP = 16;
  private static final int SMALLEST_GUARDED = 5;
  private static final double BUDGET = 0.15;
  private static final int SUSPECT_LEASES = 20;

  private final String service;
  private final String generation;
  private final Consumer<Hint> hints;
  private final Map<String, Row> rows = new HashMap<>();
  // By deadline; a suspect's is below zero.
  private final TreeSet<Row> deadlines =
      new TreeSet<>(Comparator.comparingLong(Row::score).thenComparing(Row::id));
  private final ArrayDeque<Change> history = new ArrayDeque<>();
  private long revision;
  private long digest;
  private long epoch;
  private long ttl;
  private long seen = Long.MIN_VALUE; // nobody yet
  private long grace = Long.MIN_VALUE;
  private boolean graced;
  private long guarded = -1; // since when too many are silent
  private long window;
  private int lapsed;

  private record Row(String id, long epoch, String nonce, Entry entry, long score) {}

  MemoryTable(String service, String generation, Consumer<Hint> hints) {
    this.service = service;
    this.generation = generation;
    this.hints = hints;
  }

  MemoryTable copy(Consumer<Hint> toHints) {
    MemoryTable copy = new MemoryTable(service, generation, toHints);
    copy.rows.putAll(rows);
    copy.deadlines.addAll(deadlines);
    copy.history.addAll(history);
    copy.revision = revision;
    copy.digest = digest;
    copy.epoch = epoch;
    copy.ttl = ttl;
    copy.seen = seen;
    copy.grace = grace;
    copy.graced = graced;
    copy.guarded = guarded;
    copy.window = window;
    copy.lapsed = lapsed;
    return copy;
  }

  void trim(int keep) {
    while (history.size() > keep) {
      history.removeFirst();
    }
  }

  Answer register(Claim claim, long now) {
    if (ttl == 0) {
      seen = now;
      if (claim.again()) {
        grace = now + 2 * claim.ttlMillis();
      }
    }
    ttl = claim.ttlMillis();
    touch(now);
    Row row = rows.get(claim.id());
    if (row != null && row.nonce.equals(claim.nonce())) {
      renew(row, now + ttl);
      return new Answer(OWN, row.epoch, 0);
    }
    if (row != null) {
      long left = Math.max(row.score, grace) - now;
      if (left > 0 && !claim.takeOver()) {
        sweep(now);
        return new Answer(TAKEN, row.epoch, left);
      }
    }
    Answer answer = write(claim, now + ttl);
    sweep(now);
    return answer;
  }

  List<Answer> beat(long ttlMillis, List<Lease> leases, long now) {
    boolean noted = touch(now);
    List<Answer> answers = new ArrayList<>(leases.size());
    boolean renewed = false;
    for (Lease lease : leases) {
      Answer answer = check(lease);
      Row row = rows.get(lease.id());
      if (answer.outcome() == OWN && row != null) {
        renew(row, now + ttlMillis);
        renewed = true;
      }
      answers.add(answer);
    }
    graced &= !renewed;
    if (noted || guarded >= 0) {
      sweep(now);
    }
    return answers;
  }

  Answer update(Lease lease, long atEpoch, Claim claim, long now) {
    touch(now);
    Answer answer = check(lease);
    Row row = rows.get(lease.id());
    if (row == null || answer.outcome() != OWN || answer.epoch() != atEpoch) {
      return answer;
    }
    if (row.entry.equals(entry(claim, atEpoch))) {
      return new Answer(WRITTEN, atEpoch, 0);
    }
    return write(claim, row.score);
  }

  Answer remove(Lease lease, long now) {
    touch(now);
    Answer answer = check(lease);
    if (answer.outcome() != OWN) {
      return answer;
    }
    drop(lease.id());
    return new Answer(WRITTEN, 0, 0);
  }

  Sync sync(String askedGeneration, long asked, long now) {
    touch(now);
    sweep(now);
    return answer(askedGeneration, asked, now);
  }

  Sync peek(long now) {
    return answer("", 0, now);
  }

  private Sync answer(String askedGeneration, long asked, long now) {
    boolean same = askedGeneration.equals(generation) && asked <= revision;
    boolean whole = !same || revision - asked > history.size();
    List<Change> changes = new ArrayList<>();
    if (whole) {
      rows.forEach((id, row) -> changes.add(new Change(0, id, row.entry)));
    } else {
      history.stream().filter(change -> change.revision() > asked).forEach(changes::add);
    }
    long left = Math.max(grace - now, 0);
    if (grace == Long.MIN_VALUE) {
      left = 0;
    }
    Row first = deadlines.ceiling(new Row("", 0, "", new Entry("", "", ""), 0));
    long expiry = first == null ? -1 : Math.max(Math.max(first.score - now, left), 0);
    return new Sync(generation, revision, digest, whole, changes, ttl, expiry, left, leases(now));
  }

  private Answer check(Lease lease) {
    Row row = rows.get(lease.id());
    if (row == null) {
      return Answer.GONE;
    }
    return new Answer(row.nonce.equals(lease.nonce()) ? OWN : TAKEN, row.epoch, 0);
  }

  private static Entry entry(Claim claim, long atEpoch) {
    String owner = Entry.owner(atEpoch, claim.nonce(), claim.status());
    return new Entry(claim.id(), owner, claim.payload());
  }

  private Answer write(Claim claim, long score) {
    epoch++;
    put(new Row(claim.id(), epoch, claim.nonce(), entry(claim, epoch), score));
    return new Answer(WRITTEN, epoch, 0);
  }

  private void renew(Row row, long deadline) {
    Row renewed = new Row(row.id, row.epoch, row.nonce, row.entry.suspect(false), deadline);
    if (row.entry.suspect()) {
      put(renewed);
    } else {
      place(renewed);
    }
  }

  private void place(Row row) {
    Row old = rows.put(row.id, row);
    if (old != null) {
      deadlines.remove(old);
    }
    deadlines.add(row);
  }

  private void put(Row row) {
    Row old = rows.get(row.id);
    place(row);
    changed(row.id, old == null ? null : old.entry, row.entry);
  }

  private void drop(String id) {
    Row old = rows.remove(id);
    if (old != null) {
      deadlines.remove(old);
      changed(id, old.entry, null);
    }
  }

  private void changed(String id, @Nullable Entry before, @Nullable Entry after) {
    revision++;
    digest += (after == null ? 0 : after.hash()) - (before == null ? 0 : before.hash());
    digest = Math.floorMod(digest, Entry.MODULUS);
    Change change = new Change(revision, id, after);
    history.addLast(change);
    trim(HISTORY);
    hints.accept(new Hint(service, generation, digest, change));
  }

  private boolean touch(long now) {
    if (ttl == 0) {
      return false; // nothing was ever registered
    }
    if (seen - now > ttl) {
      setBack(now);
    }
    if (2 * (now - seen) > ttl && !graced) {
      grace = now + ttl;
      graced = true;
    }
    if (now >= seen && 8 * (now - seen) < ttl) {
      return false;
    }
    seen = now;
    return true;
  }

  private void setBack(long now) {
    for (Row row : List.copyOf(deadlines)) {
      if (row.score > now + ttl) {
        place(new Row(row.id, row.epoch, row.nonce, row.entry, now + ttl));
      }
    }
    grace = Math.min(grace, now + ttl);
    guarded = Math.min(guarded, now);
    window = Math.min(window, now);
  }

  private int lapsed(long now) {
    return now - window >= ttl ? 0 : lapsed;
  }

  private Leases leases(long now) {
    int expected = rows.size() + lapsed(now);
    int renewing = 0;
    for (Row row : deadlines.descendingSet()) {
      if (3 * (row.score - now) <= ttl) {
        break;
      }
      renewing++;
    }
    int budget = Math.max(1, (int) (expected * BUDGET));
    return new Leases(expected, renewing, budget, guarded < 0 ? -1 : Math.max(now - guarded, 0));
  }

  private void sweep(long now) {
    if (now < grace) {
      return;
    }
    List<Row> due = between(0, now);
    if (due.isEmpty() && guarded < 0) {
      return;
    }
    Leases leases = leases(now);
    int silent = leases.expected() - leases.renewing();
    if (leases.expected() >= SMALLEST_GUARDED && silent > leases.budget()) {
      guarded = guarded < 0 ? now : guarded;
      for (Row row : due) {
        put(new Row(row.id, row.epoch, row.nonce, row.entry.suspect(true), -row.score));
      }
      between(SUSPECT_LEASES * ttl - now, -1).forEach(row -> drop(row.id));
      return;
    }
    if (guarded >= 0) {
      List<Row> suspects = between(Long.MIN_VALUE, -1);
      due.addAll(suspects);
      guarded = suspects.size() < SWEEP ? -1 : guarded;
    }
    if (!due.isEmpty()) {
      int before = lapsed(now);
      window = before == 0 ? now : window;
      lapsed = before + due.size();
      due.forEach(row -> drop(row.id));
    }
  }

  private List<Row> between(long low, long high) {
    List<Row> found = new ArrayList<>();
    Row from = new Row("", 0, "", new Entry("", "", ""), low);
    for (Row row : deadlines.tailSet(from)) {
      if (row.score > high || found.size() == SWEEP) {
        break;
      }
      found.add(row);
    }
    return found;
  }
}
