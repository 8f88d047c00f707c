package io.spinforge.scaling.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceTest {
  @TempDir Path folder;

  private Trace trace(String text) throws IOException {
    return Trace.csv(Files.writeString(folder.resolve("load.csv"), text.replace(';', '\n')));
  }

  @Test
  void missingRowsAreGaps() throws IOException {
    Trace trace = trace("timestamp_seconds,value;600,1;660,2.5;840,0;900,1e3;");
    assertThat(trace.name()).isEqualTo("load");
    assertThat(trace.start()).isEqualTo(Instant.ofEpochSecond(600));
    assertThat(trace.step()).isEqualTo(Duration.ofMinutes(1));
    assertThat(trace.size()).isEqualTo(6);
    assertThat(trace.length()).isEqualTo(Duration.ofMinutes(6));
    assertThat(trace.value(1)).isEqualTo(2.5);
    assertThat(trace.value(2)).isNaN();
    assertThat(trace.value(5)).isEqualTo(1000);
    assertThat(trace.percentile(0.5)).isEqualTo(1);
  }

  @Test
  void otherNamesSpacesEmptyLinesAndJitterAreFine() throws IOException {
    Trace trace = trace("\uFEFFtime, load;0, 1; 61,2;;120,3;180,4;240,5;");
    assertThat(trace.step()).isEqualTo(Duration.ofMinutes(1));
    assertThat(trace.size()).isEqualTo(5);
    assertThat(trace.value(2)).isEqualTo(3);
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "''|line 1: nothing (expected: the header timestamp_seconds,value)",
        "0,1;60,2;|line 1: '0,1' (expected: the header timestamp_seconds,value)",
        "t;0,1;|line 1: 't' (expected: the header timestamp_seconds,value)",
        "t,v;|line 1: 0 rows (expected: at least 2)",
        "t,v;0,1;|line 2: 1 rows (expected: at least 2)",
        "t,v;0,1;60,2,3;|line 3: '60,2,3' (expected: two fields, timestamp_seconds,value)",
        "t,v;0,1;noon,2;|line 3: timestamp 'noon' (expected: whole seconds since 1970)",
        "t,v;0,1;6.5,2;|line 3: timestamp '6.5' (expected: whole seconds since 1970)",
        "t,v;0,1;60,2;60,3;|line 4: timestamp 60 (expected: after 60, the timestamp before)",
        "t,v;60,1;0,2;|line 3: timestamp 0 (expected: after 60, the timestamp before)",
        "t,v;0,1;60,a lot;|line 3: value 'a lot' (expected: a number >= 0; leave the row out for a"
            + " gap)",
        "t,v;0,1;60,;|line 3: value '' (expected: a number >= 0; leave the row out for a gap)",
        "t,v;0,-1;60,1;|line 2: value '-1' (expected: a number >= 0; leave the row out for a gap)",
        "t,v;0,NaN;60,1;|line 2: value 'NaN' (expected: a number >= 0; leave the row out for a"
            + " gap)",
        "t,v;0,1;60,1;61,1;120,1;180,1;|line 4: a second row within 60 s (expected: one row a"
            + " step)",
        "t,v;0,1;999999,1;|step: 999999 s (expected: at most a day from row to row)",
      })
  void wrongLinesAreNamed(String text, String message) {
    assertThatThrownBy(() -> trace(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void aFarOutlierInTimeIsRefusedBeforeItTakesMemory() {
    assertThatThrownBy(() -> trace("t,v;0,1;60,1;120,1;9000000000000,1;"))
        .hasMessageStartingWith("trace: ")
        .hasMessageEndingWith("steps (expected: at most 50000000)");
  }

  @Test
  void minutesStandAndLongerStepsGoStraight() {
    Instant start = Instant.EPOCH;
    Trace minutes = Trace.of("m", start, Duration.ofMinutes(1), 1, 3);
    assertThat(minutes.at(start.plusSeconds(59))).isEqualTo(1);
    assertThat(minutes.at(start.plusSeconds(60))).isEqualTo(3);
    assertThat(minutes.at(start.plusSeconds(120))).isNaN();
    assertThat(minutes.at(start.minusSeconds(1))).isNaN();
    Trace halfHours = Trace.of("h", start, Duration.ofMinutes(30), 1, 3, Double.NaN, 5);
    assertThat(halfHours.at(start.plusSeconds(900))).isEqualTo(2);
    assertThat(halfHours.at(start.plusSeconds(1800 + 900))).isEqualTo(3);
    assertThat(halfHours.at(start.plusSeconds(3600))).isNaN();
  }

  @Test
  void nonsenseIsRefused() {
    Instant start = Instant.EPOCH;
    Duration step = Duration.ofMinutes(1);
    assertThatThrownBy(() -> Trace.of("t", start, Duration.ZERO, 1, 2))
        .hasMessage("step: PT0S (expected: PT1S to PT24H in whole seconds)");
    assertThatThrownBy(() -> Trace.of("t", start, step, 1))
        .hasMessage("values: 1 (expected: at least 2)");
    assertThatThrownBy(() -> Trace.of("t", start, step, 1, -2))
        .hasMessage("value: -2.0 (expected: >= 0.0, or NaN for a gap)");
    assertThatThrownBy(() -> Trace.of("t", start, step, Double.NaN, 2))
        .hasMessage("values: a gap at an end (expected: the first and the last to be no gaps)");
  }
}
