package io.spinforge.metrics.jdbc;

import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What statements that differ in their values have in common: comments out, white space joined,
 * literals and parameters as {@code ?}. So a shape can be counted and logged, and tells nobody's
 * data.
 *
 * @param text the statement without its values, at most {@value #LONGEST} characters
 * @param operation what it does
 * @param singleRow whether it is an insertion of one row
 */
record SqlShape(String text, Operation operation, boolean singleRow) {
  static final int LONGEST = 500;
  private static final int REMEMBERED = 1024;

  /** Comments, dollar-quoted and quoted literals, numbers and JDBC's or the server's parameters. */
  private static final Pattern COMMENT = Pattern.compile("--[^\\n]*|/\\*.*?\\*/", Pattern.DOTALL);

  private static final Pattern VALUE =
      Pattern.compile(
          "\"[^\"]*\"|(?i:\\be)?'(?:[^'\\\\]|''|\\\\.)*'"
              + "|\\$([a-zA-Z_]*)\\$.*?\\$\\1\\$"
              + "|\\$\\d+"
              + "|(?<![\\w.\"$])[-+]?\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d+)?\\b",
          Pattern.DOTALL);

  private static final Pattern SPACE = Pattern.compile("\\s+");
  private static final Pattern LIST = Pattern.compile("\\( ?\\?(?: ?, ?\\?)+ ?\\)");
  private static final Pattern ROWS = Pattern.compile("(?i)\\bvalues\\b ?\\([^()]*\\) ?,");
  private static final Set<String> READS = Set.of("select", "with", "values", "table", "show");

  /** Applications have few texts; one that makes a text a call gets no memory here. */
  private static final ConcurrentHashMap<String, SqlShape> known = new ConcurrentHashMap<>();

  static SqlShape of(String sql) {
    SqlShape shape = known.get(sql);
    if (shape == null) {
      shape = shapeOf(sql);
      if (known.size() < REMEMBERED) {
        known.put(sql, shape);
      }
    }
    return shape;
  }

  private static SqlShape shapeOf(String sql) {
    String plain = hideValues(COMMENT.matcher(sql).replaceAll(" "));
    String text = SPACE.matcher(plain).replaceAll(" ").strip();
    Operation operation = operation(text);
    boolean singleRow =
        operation == Operation.INSERT
            && text.toLowerCase(Locale.ROOT).contains("values")
            && !ROWS.matcher(text).find();
    String joined = LIST.matcher(text).replaceAll("(?, …)");
    String cut = joined.length() <= LONGEST ? joined : joined.substring(0, LONGEST - 1) + "…";
    return new SqlShape(cut, operation, singleRow);
  }

  /** Replaces literals; names in double quotes stay. */
  private static String hideValues(String sql) {
    return VALUE
        .matcher(sql)
        .replaceAll(
            found ->
                found.group().startsWith("\"") ? Matcher.quoteReplacement(found.group()) : "?");
  }

  /** Replaces quoted literals only: in a plan the numbers are what one wants to read. */
  static String hideQuoted(String plan) {
    return plan.replaceAll("'(?:[^']|'')*'", "?");
  }

  private static Operation operation(String text) {
    int end = 0;
    while (end < text.length() && Character.isLetter(text.charAt(end))) {
      end++;
    }
    String first = text.substring(0, end).toLowerCase(Locale.ROOT);
    return switch (first) {
      case "insert" -> Operation.INSERT;
      case "update" -> Operation.UPDATE;
      case "delete" -> Operation.DELETE;
      default -> READS.contains(first) ? Operation.SELECT : Operation.OTHER;
    };
  }
}
