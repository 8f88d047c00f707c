package io.spinforge.scaling.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.testkit.ManualTicker;
import io.spinforge.testkit.Seeds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

class ElectorTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ManualTicker ticker = new ManualTicker(Long.MAX_VALUE - 5_000_000_000L);
  private final Shared shared = new Shared();
  private final Elector one = elector();
  private final Elector two = elector();

  private Elector elector() {
    return new Elector(shared, Elector.Times.STANDARD, ticker);
  }

  /** A record in memory, whose answers can get lost and whose requests can be done late. */
  private static final class Shared implements Register {
    private Row row = Row.NONE;
    private boolean loseRequest;
    private boolean loseAnswer;
    private final List<Runnable> late = new ArrayList<>();

    private Row apply(Function<Row, Row> change) throws IOException {
      if (loseRequest) {
        late.add(() -> row = change.apply(row));
        throw new IOException("the request is lost, for now");
      }
      row = change.apply(row);
      if (loseAnswer) {
        late.add(() -> row = change.apply(row)); // and sent again
        throw new IOException("the answer is lost");
      }
      return row;
    }

    @Override
    public Row renew(String me, long token) throws IOException {
      return apply(
          now ->
              now.holder().equals(me) && now.token() == token
                  ? new Row(me, token, now.beat() + 1)
                  : now);
    }

    @Override
    public Row take(String me, Row seen, long least) throws IOException {
      return apply(
          now -> now.equals(seen) ? new Row(me, Math.max(least, now.token()) + 1, 0) : now);
    }

    @Override
    public void free(Row seen) throws IOException {
      Row unused = apply(now -> now.equals(seen) ? new Row("", now.token(), 0) : now);
    }
  }

  @Test
  void theFirstGetsItAtOnceAndKeepsIt() throws Exception {
    one.renew();
    for (int i = 0; i < 30; i++) {
      two.renew();
      one.renew();
      ticker.advance(Duration.ofSeconds(2));
      assertThat(one.fence()).hasValue(1);
      assertThat(two.fence()).isEmpty();
    }
  }

  @Test
  void whoDoesNotRenewStopsAfterTenSecondsAndIsFollowedAfterFifteen() throws Exception {
    one.renew();
    two.renew();
    ticker.advance(Duration.ofMillis(9_999));
    assertThat(one.fence()).hasValue(1);
    ticker.advance(Duration.ofMillis(1));
    assertThat(one.fence()).isEmpty();
    ticker.advance(Duration.ofMillis(4_999));
    two.renew();
    assertThat(two.fence()).isEmpty();
    ticker.advance(Duration.ofMillis(1));
    two.renew();
    assertThat(two.fence()).hasValue(2);
    one.renew();
    assertThat(one.fence()).isEmpty();
  }

  @Test
  void aLeaseThatIsGivenBackIsTakenAtOnce() throws Exception {
    one.renew();
    one.release();
    assertThat(one.fence()).isEmpty();
    two.renew();
    assertThat(two.fence()).hasValue(2);
  }

  @Test
  void aLeaseWhoseAnswerWasLostCountsFromTheNextRenewal() throws Exception {
    shared.row = new Register.Row("", 7, 0);
    shared.loseAnswer = true;
    assertThatThrownBy(one::renew).isInstanceOf(IOException.class);
    shared.loseAnswer = false;
    ticker.advance(Duration.ofSeconds(12));
    one.renew(); // its own take of 12 s ago is no time to count from
    assertThat(one.fence()).isPresent();
    two.renew();
    ticker.advance(Duration.ofMillis(9_999));
    two.renew();
    assertThat(two.fence()).isEmpty();
  }

  @Test
  void aRecordThatIsLostIsWaitedForByThoseWhoKnewItAndPutBackByItsHolder() throws Exception {
    one.renew();
    two.renew();
    ticker.advance(SECOND);
    shared.row = Register.Row.NONE;
    two.renew();
    assertThat(two.fence()).isEmpty();
    one.renew();
    assertThat(one.fence()).hasValue(2);
    two.renew();
    shared.row = Register.Row.NONE;
    two.renew();
    ticker.advance(Duration.ofSeconds(15));
    two.renew();
    assertThat(one.fence()).isEmpty();
    assertThat(two.fence()).hasValue(3);
  }

  @Test
  void neverDoTwoLeadAtOnceWhateverIsLostOrLate() {
    Seeds.run(
        60,
        (seed, random) -> {
          Shared register = new Shared();
          int count = 2 + random.nextInt(3);
          List<ManualTicker> tickers = new ArrayList<>();
          List<Elector> all = new ArrayList<>();
          double[] speed = new double[count];
          for (int i = 0; i < count; i++) {
            tickers.add(new ManualTicker(random.nextLong()));
            all.add(new Elector(register, Elector.Times.STANDARD, tickers.get(i)));
            speed[i] = 0.95 + 0.1 * random.nextDouble(); // clocks up to five percent off
          }
          long highest = 0;
          for (int step = 0; step < 3000; step++) {
            double seconds = random.nextInt(40) == 0 ? random.nextDouble(20) : random.nextDouble();
            for (int i = 0; i < count; i++) {
              tickers.get(i).advance(Duration.ofNanos((long) (1e9 * seconds * speed[i])));
            }
            highest = step(random, register, all, highest);
          }
          assertThat(highest).isGreaterThan(1);
        });
  }

  private static long step(
      SplittableRandom random, Shared register, List<Elector> all, long highest) {
    register.loseRequest = random.nextInt(6) == 0;
    register.loseAnswer = random.nextInt(6) == 0;
    Elector elector = all.get(random.nextInt(all.size()));
    try {
      if (random.nextInt(50) == 0) {
        elector.release();
      } else {
        elector.renew();
      }
    } catch (Exception e) {
      // its fence says what that means
    }
    if (random.nextInt(4) == 0) {
      register.late.forEach(Runnable::run); // sent again, or late
      register.late.clear();
    }
    List<Long> fences =
        all.stream()
            .map(Elector::fence)
            .filter(OptionalLong::isPresent)
            .map(OptionalLong::getAsLong)
            .toList();
    assertThat(fences).hasSizeLessThan(2);
    if (fences.isEmpty()) {
      return highest;
    }
    assertThat(fences.get(0)).isGreaterThanOrEqualTo(highest);
    return fences.get(0);
  }

  @Test
  void halfAReplyBeforeAWholeOneIsForgotten() {
    RedisLine.FlatReply reply = new RedisLine.FlatReply();
    reply.multi(3);
    reply.set(text("half"));
    reply.multi(3);
    reply.set(text("me"));
    reply.set(7);
    reply.set((ByteBuffer) null);
    assertThat(reply.get()).containsExactly("me", "7", "");
  }

  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theFenceOfATableOutlivesItsHoldersInH2Too() throws Exception {
    JdbcDataSource source = new JdbcDataSource();
    source.setUrl("jdbc:h2:mem:lease;DB_CLOSE_DELAY=-1");
    for (int i = 1; i <= 3; i++) {
      LeaderLease lease = LeaderLease.jdbc(source, "checkout");
      lease.renew();
      assertThat(lease.fence()).hasValue(i);
      LeaderLease other = LeaderLease.jdbc(source, "checkout");
      other.renew();
      assertThat(other.fence()).isEmpty();
      lease.release();
    }
  }

  @Test
  void nonsenseIsRefused() {
    assertThatThrownBy(() -> LeaderLease.jdbc(new JdbcDataSource(), "a b"))
        .hasMessage("name: 'a b' (expected: 1 to 128 of A-Z a-z 0-9 . _ -)");
    shared.row = new Register.Row("x", -1, 0);
    assertThatThrownBy(one::renew).hasMessageStartingWith("a negative number in the record");
  }
}
