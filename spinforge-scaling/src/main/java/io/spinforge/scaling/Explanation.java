package io.spinforge.scaling;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The paragraph behind {@link Decision#explain()}. */
final class Explanation {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

  private Explanation() {}

  static String of(Decision d) {
    StringBuilder text = new StringBuilder(400);
    text.append("At ").append(TIME.format(d.time().atZone(d.zone()))).append(' ').append(d.zone());
    if (d.current() < 0) {
      text.append(", the number of instances of ").append(d.scaler()).append(" was not known. ");
    } else {
      text.append(", ").append(d.scaler()).append(" stood at ").append(d.current());
      text.append(" (").append(d.ready()).append(" ready, ").append(d.starting());
      text.append(" starting). ");
    }
    d.proposals().forEach(proposal -> proposal(text, proposal));
    if (d.forecast() != null) {
      forecast(text, d.forecast());
    }
    if (!d.proposals().isEmpty()) {
      stages(text, d);
    }
    text.append(verdict(d));
    return text.append(applied(d.applied())).toString();
  }

  /** Writes a number with at most three decimals and no trailing zeros. */
  static String number(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return Double.toString(value);
    }
    BigDecimal rounded = BigDecimal.valueOf(value).setScale(3, RoundingMode.HALF_UP);
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }

  private static void proposal(StringBuilder text, Proposal p) {
    text.append("Signal ").append(p.signal());
    if (p.replicas().isEmpty()) {
      text.append(" had nothing usable: ").append(p.reason()).append(". ");
      return;
    }
    String unit = p.unit().isEmpty() ? "" : " " + p.unit();
    text.append(" measured ").append(number(p.measured())).append(unit);
    text.append(" against ").append(number(p.target())).append(unit);
    text.append(" and proposed ").append(p.replicas().getAsInt());
    text.append(" (").append(p.reason()).append("). ");
  }

  private static void forecast(StringBuilder text, Outlook outlook) {
    text.append("In ").append(number(outlook.lead().toSeconds() / 60.0));
    text.append(" min, when a new instance would serve, demand is expected at ");
    text.append(number(outlook.expected())).append(", and below ").append(number(outlook.upper()));
    text.append(" with ").append(number(100 * outlook.share())).append(" % certainty: ");
    text.append(outlook.need()).append(" at ").append(number(outlook.capacity())).append(" each");
    if (outlook.need() < Math.ceil(outlook.upper() / outlook.capacity() - 1e-9)) {
      text.append(", without headroom so soon after a removal");
    }
    if (outlook.keep() > outlook.need()) {
      text.append(", and no fewer than ").append(outlook.keep()).append(" soon after");
    }
    text.append(
        outlook.censored()
            ? "; the instances are saturated, so the signals have a say too. "
            : outlook.proven() ? ". " : "; not proven yet, so the signals have a say too. ");
  }

  private static void stages(StringBuilder text, Decision d) {
    if (d.raw() == d.clamped() && d.stabilized() == d.raw() && d.rateLimited() == d.raw()) {
      return;
    }
    text.append("Of the highest proposal, ").append(d.raw());
    text.append(", stabilization left ").append(d.stabilized());
    text.append(", the rate policies ").append(d.rateLimited());
    text.append(", the limits ").append(d.clamped()).append(". ");
  }

  private static String verdict(Decision d) {
    String more = d.detail().isEmpty() ? "" : " (" + d.detail() + ")";
    if (d.direction() != 0) {
      String verb = d.direction() > 0 ? "It grew to " : "It shrank to ";
      return verb + d.desired() + because(d.constraint()) + more + ".";
    }
    String stayed = d.current() < 0 ? "Nothing was done" : "It stayed at " + d.current();
    return stayed + because(d.constraint()) + more + ".";
  }

  private static String because(Constraint constraint) {
    return switch (constraint) {
      case NONE -> "";
      case TOLERANCE -> ", since there was no reason to change it";
      case STABILIZATION -> ", as far as the stabilization window allowed";
      case RATE -> ", as far as the rate policies allowed";
      case MINIMUM -> ", the lower limit";
      case MAXIMUM -> ", the upper limit";
      case DRY_RUN -> ", since this is a dry run";
      case UP_ONLY -> ", since it may only grow";
      case PAUSED -> ", since it is paused";
      case FOLLOWER -> ", since another scheduler leads";
      case NEW_LEADER -> ", since a new leader removes nothing for a window";
      case HISTORY_AWAY -> ", since nothing shrinks before the history was read";
      case PARTIAL_DATA -> ", since nothing shrinks on incomplete data";
      case NO_DATA -> ", since no signal had anything usable";
      case TARGET_UNREADABLE -> ", since the target could not be read";
      case TARGET_NONSENSE -> ", since the target said something impossible";
      case ZERO -> ", since a person's zero is a pause";
      case CONTENDED -> ", since somebody else changes it";
      case CLOCK_JUMP -> ", since samples across a jump of the clock are dropped";
      case BACKOFF -> ", since the last write failed and the next one waits";
    };
  }

  private static String applied(@Nullable ApplyResult result) {
    if (result == null) {
      return "";
    }
    if (result instanceof ApplyResult.Conflict conflict) {
      return " The target had changed meanwhile (" + conflict.detail() + "), so it did not.";
    }
    if (result instanceof ApplyResult.Rejected rejected) {
      return " The target refused: " + rejected.reason() + ".";
    }
    if (result instanceof ApplyResult.Unknown unknown) {
      return " Whether the target took it is not known: " + unknown.reason() + ".";
    }
    return " The target took it.";
  }
}
