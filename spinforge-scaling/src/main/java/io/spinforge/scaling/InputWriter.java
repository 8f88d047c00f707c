package io.spinforge.scaling;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.spinforge.scaling.reactive.Mark;
import io.spinforge.scaling.reactive.Panic;
import io.spinforge.scaling.reactive.Rate;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the inputs of a decision, in the order of {@link InputReader}. */
record InputWriter(DataOutputStream out) {
  void text(String text) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private void maybe(@Nullable String text) throws IOException {
    out.writeBoolean(text != null);
    if (text != null) {
      text(text);
    }
  }

  private void instant(Instant instant) throws IOException {
    out.writeLong(instant.getEpochSecond());
    out.writeInt(instant.getNano());
  }

  void plan(Plan plan) throws IOException {
    text(plan.name());
    out.writeInt(plan.signals().size());
    for (Signal signal : plan.signals()) {
      text(signal.kind().name());
      text(signal.name());
      out.writeDouble(signal.target());
    }
    Panic.Rules panic = plan.policy().panic();
    out.writeByte(panic != null ? 2 : plan.policy().window() > 0 ? 1 : 0);
    out.writeLong(panic == null ? 0 : panic.window());
    rules(plan.up());
    rules(plan.down());
    out.writeInt(plan.min());
    out.writeInt(plan.max());
    text(plan.mode().name());
    out.writeLong(plan.interval().toNanos());
    out.writeLong(plan.staleAfter().toNanos());
    text(plan.zone().getId());
  }

  private void rules(ScalingRules rules) throws IOException {
    out.writeInt(rules.rates.size());
    for (Rate rate : rules.rates) {
      out.writeBoolean(rate.percent());
      out.writeInt(rate.amount());
      out.writeLong(rate.period());
    }
    text(rules.select.name());
    out.writeLong(rules.window);
    out.writeDouble(rules.tolerance);
    out.writeLong(rules.apart);
    out.writeInt(rules.perHour);
  }

  void observation(Observation seen) throws IOException {
    out.writeLong(seen.sequence());
    instant(seen.now());
    out.writeLong(seen.elapsed());
    ScaleTarget.State state = seen.target();
    out.writeBoolean(state != null);
    if (state != null) {
      out.writeInt(state.desired());
      out.writeInt(state.ready());
      out.writeInt(state.starting());
      text(state.version());
    }
    text(seen.targetFault());
    out.writeInt(seen.readings().size());
    for (Signal.Reading reading : seen.readings()) {
      reading(reading);
    }
    outlook(seen.outlook());
    maybe(seen.pause());
    out.writeLong(seen.fence().orElse(-1));
    out.writeBoolean(seen.follower());
    out.writeBoolean(seen.blank());
  }

  private void reading(Signal.Reading reading) throws IOException {
    out.writeInt(reading.samples().size());
    for (Sample sample : reading.samples()) {
      text(sample.id());
      text(sample.phase().name());
      out.writeBoolean(sample.usage().isPresent());
      out.writeDouble(sample.usage().orElse(0));
      out.writeDouble(sample.request());
      instant(sample.time());
    }
    out.writeDouble(reading.total());
    text(reading.fault());
  }

  private void outlook(@Nullable Outlook outlook) throws IOException {
    out.writeBoolean(outlook != null);
    if (outlook != null) {
      out.writeLong(outlook.lead().toNanos());
      out.writeDouble(outlook.expected());
      out.writeDouble(outlook.upper());
      out.writeDouble(outlook.share());
      out.writeDouble(outlook.capacity());
      out.writeInt(outlook.need());
      out.writeInt(outlook.keep());
      out.writeBoolean(outlook.proven());
      out.writeBoolean(outlook.censored());
      out.writeDouble(outlook.margin());
    }
  }

  void memory(Memory memory) throws IOException {
    out.writeLong(memory.axis());
    Instant last = memory.last();
    out.writeBoolean(last != null);
    if (last != null) {
      instant(last);
    }
    marks(memory.recommendations());
    marks(memory.ups());
    marks(memory.downs());
    out.writeInt(memory.windows().size());
    for (List<Double> window : memory.windows()) {
      out.writeInt(window.size());
      for (double ratio : window) {
        out.writeDouble(ratio);
      }
    }
    Panic.State panic = memory.panic();
    out.writeBoolean(panic != null);
    if (panic != null) {
      out.writeBoolean(panic.panicking());
      out.writeLong(panic.since());
      out.writeInt(panic.most());
    }
    out.writeInt(memory.writer().expected());
    out.writeInt(memory.writer().alternative());
    out.writeBoolean(memory.writer().contended());
    out.writeInt(memory.writer().quiet());
    out.writeInt(memory.retry().failures());
    out.writeLong(memory.retry().at());
    out.writeLong(memory.lead().fence());
    out.writeLong(memory.lead().since());
  }

  private void marks(List<Mark> marks) throws IOException {
    out.writeInt(marks.size());
    for (Mark mark : marks) {
      out.writeLong(mark.at());
      out.writeInt(mark.value());
    }
  }

  void applied(@Nullable ApplyResult result) throws IOException {
    if (result instanceof ApplyResult.Applied applied) {
      out.writeByte(1);
      out.writeInt(applied.desired());
    } else if (result instanceof ApplyResult.Conflict conflict) {
      out.writeByte(2);
      text(conflict.detail());
    } else if (result instanceof ApplyResult.Rejected rejected) {
      out.writeByte(3);
      text(rejected.reason());
    } else if (result instanceof ApplyResult.Unknown unknown) {
      out.writeByte(4);
      text(unknown.reason());
    } else {
      out.writeByte(0);
    }
  }
}
