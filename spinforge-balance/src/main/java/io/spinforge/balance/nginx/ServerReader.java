package io.spinforge.balance.nginx;

import java.time.Duration;
import java.util.List;

/** Reads a {@code server} directive, and the numbers and times of others. */
final class ServerReader {
  private static final int MOST_WEIGHT = 65_536;
  private static final String UNITS = "yMwdhms";
  private static final long[] SECONDS = {
    365 * 86_400L, 30 * 86_400L, 7 * 86_400L, 86_400L, 3_600L, 60L, 1L
  };
  private static final long MOST_SECONDS = 365 * 86_400L;

  private final Directive directive;
  private int weight = 1;
  private int maxFails = 1;
  private Duration failTimeout = Duration.ofSeconds(10);
  private int maxConns;
  private boolean backup;
  private boolean down;

  private ServerReader(Directive directive) {
    this.directive = directive;
  }

  static NginxServer read(Directive directive) {
    List<String> args = directive.args();
    if (args.isEmpty()) {
      throw directive.wrong("server", "an address after it");
    }
    ServerReader reader = new ServerReader(directive);
    args.subList(1, args.size()).forEach(reader::parameter);
    return reader.server(args.get(0));
  }

  private void parameter(String text) {
    int equals = text.indexOf('=');
    String name = equals < 0 ? text : text.substring(0, equals);
    String value = equals < 0 ? "" : text.substring(equals + 1);
    boolean flag = equals < 0;
    if (name.equals("backup") && flag) {
      backup = true;
    } else if (name.equals("down") && flag) {
      down = true;
    } else if (name.equals("weight") && !flag) {
      weight = number(directive, name, value, 1, MOST_WEIGHT);
    } else if (name.equals("max_fails") && !flag) {
      maxFails = number(directive, name, value, 0, Integer.MAX_VALUE);
    } else if (name.equals("fail_timeout") && !flag) {
      failTimeout = time(directive, name, value);
    } else if (name.equals("max_conns") && !flag) {
      maxConns = number(directive, name, value, 0, Integer.MAX_VALUE);
    } else {
      throw directive.wrong(
          "server parameter " + text,
          "weight=, max_fails=, fail_timeout=, max_conns=, backup, down");
    }
  }

  private NginxServer server(String address) {
    int bracket = address.lastIndexOf(']');
    int colon = address.indexOf(':', Math.max(0, bracket));
    String host = colon < 0 ? address : address.substring(0, colon);
    String rule = "host, host:port or [IPv6]:port";
    boolean brackets = host.startsWith("[") && host.endsWith("]") && host.length() > 2;
    String inner = brackets ? host.substring(1, host.length() - 1) : host;
    String allowed = brackets ? "[0-9A-Fa-f:.]+" : "[A-Za-z0-9._-]+";
    if (address.startsWith("unix:") || !inner.matches(allowed)) {
      throw directive.wrong("server " + address, rule);
    }
    int port = colon < 0 ? 80 : number(directive, "port", address.substring(colon + 1), 1, 65_535);
    return new NginxServer(host, port, weight, maxFails, failTimeout, maxConns, backup, down);
  }

  static int number(Directive directive, String name, String text, int least, int most) {
    boolean digits = !text.isEmpty() && text.length() <= 10;
    for (int i = 0; i < text.length(); i++) {
      digits &= text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    long value = digits ? Long.parseLong(text) : -1;
    if (value < least || value > most) {
      throw directive.wrong(name + ": " + text, least + " to " + most);
    }
    return (int) value;
  }

  /** Reads 30, 30s, 1m, 500ms, 1h30m: units from greater to smaller, seconds without one. */
  static Duration time(Directive directive, String name, String text) {
    String rule = "a time such as 30s, 1m, 500ms or 1h30m, above 0, at most a year";
    Duration sum = Duration.ZERO;
    int last = -1;
    int i = 0;
    while (i < text.length()) {
      long value = 0;
      int digits = i;
      for (; i < text.length() && Character.digit(text.charAt(i), 10) >= 0; i++) {
        value = Math.min(MOST_SECONDS * 1_000, value * 10 + Character.digit(text.charAt(i), 10));
      }
      boolean millis = text.startsWith("ms", i);
      int unit = i == text.length() ? UNITS.length() - 1 : UNITS.indexOf(text.charAt(i));
      int order = millis ? UNITS.length() : unit;
      if (digits == i || order <= last) {
        throw directive.wrong(name + ": " + text, rule);
      }
      sum =
          sum.plus(
              millis
                  ? Duration.ofMillis(value)
                  : Duration.ofSeconds(Math.min(2 * MOST_SECONDS, value * SECONDS[unit])));
      last = order;
      i += millis ? 2 : 1;
    }
    if (sum.isZero() || sum.toSeconds() > MOST_SECONDS) {
      throw directive.wrong(name + ": " + text, rule);
    }
    return sum;
  }
}
