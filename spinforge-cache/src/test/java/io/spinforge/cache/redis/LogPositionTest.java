package io.spinforge.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogPositionTest {
  private final LogPosition position = new LogPosition(0);

  @Test
  void checkAtTheEndProvesAtOnce() {
    position.restart("inc", id("5-0"));
    position.expect(id("5-0"), 100);
    assertThat(position.hasArrived()).isTrue();
    assertThat(position.provenAt()).isEqualTo(100);
    assertThat(position.hasArrived()).isFalse(); // told once
  }

  @Test
  void checkAheadProvesWhenTheRecordsCame() {
    position.restart("inc", id("5-0"));
    position.expect(id("7-0"), 100);
    assertThat(position.hasArrived()).isFalse();
    position.reading();
    position.advance(id("6-0"));
    assertThat(position.isBroken()).isFalse();
    position.expect(id("9-0"), 200); // a later promise does not put off the earlier one
    position.advance(id("7-0"));
    assertThat(position.hasArrived()).isTrue();
    assertThat(position.provenAt()).isEqualTo(100);
  }

  @Test
  void readWithoutThePromisedRecordsShowsThatTheyAreLost() {
    position.restart("inc", id("5-0"));
    position.expect(id("7-0"), 100);
    position.reading();
    assertThat(position.isBroken()).isTrue();
  }

  @Test
  void logThatEndsEarlierHasGoneBack() {
    position.restart("inc", id("5-3"));
    assertThat(position.isBehind(id("5-2"))).isTrue();
    assertThat(position.isBehind(id("5-3"))).isFalse();
    assertThat(position.isBehind(id("10-0"))).isFalse();
  }

  @Test
  void recordIsReadAsItWasWritten() {
    Map<byte[], byte[]> body = new LinkedHashMap<>();
    body.put(Keys.bytes("m"), Keys.bytes("I|5-0|42|inc|node|-7"));
    body.put(Keys.bytes("row:a"), Keys.bytes(""));
    body.put(Keys.bytes("row:b|c"), Keys.bytes(""));
    assertThat(LogRecord.parse("6-1", body))
        .isEqualTo(
            new LogRecord(
                id("6-1"), 'I', 0, id("5-0"), 42, "inc", "node", -7, List.of("row:a", "row:b|c")));
  }

  @Test
  void recordOfAHoldTellsItsTime() {
    Map<byte[], byte[]> body = Map.of(Keys.bytes("m"), Keys.bytes("I250|5-0|42|inc|node|-7"));
    LogRecord record = LogRecord.parse("6-1", body);
    assertThat(record.operation()).isEqualTo('I');
    assertThat(record.holdMillis()).isEqualTo(250);
  }

  private static LogId id(String text) {
    return LogId.parse(text);
  }
}
