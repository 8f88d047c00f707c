package io.spinforge.scaling.target;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A JSON object that a server answered. The only class that touches Jackson, which is optional.
 * Values are taken strictly: a number is a number, and nothing is rounded. Not thread-safe.
 */
final class JsonDoc {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private final JsonNode root;

  private JsonDoc(JsonNode root) {
    this.root = root;
  }

  /** Reads an object; anything else, a half one too, is an error. */
  static JsonDoc object(byte[] body) throws IOException {
    JsonNode node = node(body);
    if (!node.isObject()) {
      throw new IOException("the answer is no JSON object: " + start(body));
    }
    return new JsonDoc(node);
  }

  /** Reads an array of objects. */
  static List<JsonDoc> array(byte[] body) throws IOException {
    JsonNode node = node(body);
    if (!node.isArray()) {
      throw new IOException("the answer is no JSON array: " + start(body));
    }
    List<JsonDoc> docs = new ArrayList<>(node.size());
    for (JsonNode element : node) {
      docs.add(new JsonDoc(element));
    }
    return docs;
  }

  /** Writes maps, lists, texts and numbers. */
  static byte[] bytes(Object value) throws IOException {
    return MAPPER.writeValueAsBytes(value);
  }

  /** Returns the {@code message} of an error, or else the beginning of what it says. */
  static String message(byte[] body) {
    try {
      return object(body).text("message");
    } catch (IOException e) {
      return start(body);
    }
  }

  boolean hasObject(String... path) {
    return at(path).isObject();
  }

  /** Returns the text at a path; it has to be there and not empty. */
  String text(String... path) throws IOException {
    JsonNode node = at(path);
    if (!node.isTextual() || node.textValue().isEmpty()) {
      throw wrong(node, "a text that is not empty", path);
    }
    return node.textValue();
  }

  /** Returns the whole number from 0 at a path, or another value if there is nothing. */
  int count(int absent, String... path) throws IOException {
    JsonNode node = at(path);
    if (node.isMissingNode()) {
      return absent;
    }
    if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 0) {
      throw wrong(node, "a whole number from 0 to 2147483647", path);
    }
    return node.intValue();
  }

  /** Returns the whole number from 0 at a path; it has to be there. */
  long index(String... path) throws IOException {
    JsonNode node = at(path);
    if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
      throw wrong(node, "a whole number from 0", path);
    }
    return node.longValue();
  }

  /** Returns a copy of the object at a path, with one number in it set. */
  byte[] with(String object, long value, String... path) throws IOException {
    JsonNode copy = at(object).deepCopy();
    JsonNode parent = copy;
    for (int i = 0; i < path.length - 1; i++) {
      parent = parent.path(path[i]);
    }
    if (!(parent instanceof ObjectNode inner)) {
      throw wrong(parent, "an object", path);
    }
    inner.put(path[path.length - 1], value);
    return MAPPER.writeValueAsBytes(copy);
  }

  private JsonNode at(String... path) {
    JsonNode node = root;
    for (String name : path) {
      node = node.path(name);
    }
    return node;
  }

  private static JsonNode node(byte[] body) throws IOException {
    try {
      return MAPPER.readTree(body);
    } catch (IOException e) {
      throw new IOException("the answer is no JSON: " + start(body), e);
    }
  }

  private static IOException wrong(JsonNode node, String rule, String... path) {
    String found = node.isMissingNode() ? "missing" : cut(node.toString());
    return new IOException(
        "the answer's " + String.join(".", path) + ": " + found + " (expected: " + rule + ")");
  }

  private static String start(byte[] body) {
    String text = new String(body, 0, Math.min(body.length, 400), StandardCharsets.UTF_8);
    return body.length == 0 ? "it is empty" : "'" + cut(text.strip()) + "'";
  }

  private static String cut(String text) {
    return text.length() <= 200 ? text : text.substring(0, 200) + "...";
  }
}
