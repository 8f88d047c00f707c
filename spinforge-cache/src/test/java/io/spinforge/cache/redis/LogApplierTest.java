package io.spinforge.cache.redis;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;

/** What follows from a gap in a log, and from a proof that nobody could count on. */
class LogApplierTest {
  private static final LogId END = new LogId(7, 0);

  private final Announcement announcement = new Announcement(ofMillis(700));
  private final RedisLogs logs = mock();
  private final RedisSettings settings = mock();
  private final Keys keys = mock();
  private final LogSink sink = mock();
  private final LogPosition position = new LogPosition(1);

  @BeforeEach
  void setUp() {
    when(settings.maxStaleness()).thenReturn(ofMillis(700));
    when(keys.control()).thenReturn(16);
    when(logs.settings()).thenReturn(settings);
    when(logs.keys()).thenReturn(keys);
    when(logs.clockStep()).thenReturn(Duration.ZERO);
    when(logs.announcement()).thenReturn(announcement);
    position.restart("incarnation", END);
  }

  @Test
  void whatWasLoadedSinceAGapIsNotBelievedThoughNothingIsHeldAnyMore() {
    LogApplier applier = new LogApplier(logs, true, sink, new LogCounters());
    position.openGap();
    position.expect(END, 0);
    assertThat(applier.prove(position)).isTrue();
    verify(sink, never()).liveUntil(anyInt(), anyLong());

    applier.closeGap(position, new LogEnd("incarnation", END, 3, 0));
    position.expect(END, 100);
    applier.prove(position);

    InOrder order = inOrder(sink);
    order.verify(sink).heldSome(0);
    order.verify(sink).reset(1);
    order.verify(sink).liveUntil(anyInt(), anyLong());
  }

  @Test
  void whatWasAskedBeforeTheNodeWasAnnouncedProvesNothing() {
    LogApplier applier = new LogApplier(logs, false, sink, new LogCounters());
    position.expect(END, 100);
    announcement.renewed(99, 101);
    assertThat(applier.prove(position)).isFalse();
    verify(sink, never()).liveUntil(anyInt(), anyLong());

    position.expect(END, 101);
    assertThat(applier.prove(position)).isTrue();
    verify(sink).liveUntil(1, 101 + ofMillis(700).toNanos());
  }

  @Test
  void questionThatAnnouncesTheNodeProvesWhatItTells() {
    LogApplier applier = new LogApplier(logs, true, sink, new LogCounters());
    position.expect(END, 100);
    announcement.renewed(100, 101);
    assertThat(applier.prove(position)).isTrue();
    verify(sink).liveUntil(1, 100 + ofMillis(700).toNanos());
  }
}
