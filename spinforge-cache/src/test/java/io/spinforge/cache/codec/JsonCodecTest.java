package io.spinforge.cache.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonCodecTest {
  private final ObjectMapper mapper = new ObjectMapper();

  record Product(String name, List<Integer> sizes) {}

  @Test
  void valueComesBackWithTheCachesType() throws Exception {
    Codec<Product> codec = Codec.<Product>json(mapper).forType(Product.class);
    Product product = new Product("é", List.of(1, 2));
    assertThat(codec.decode(codec.encode(product))).isEqualTo(product);
    assertThat(codec.id()).isEqualTo(3);
    assertThat(Codec.<Product>json().forType(Product.class).encode(product))
        .isEqualTo("{\"name\":\"é\",\"sizes\":[1,2]}".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void genericTypesComeBackWhole() throws Exception {
    Codec<Map<String, List<Product>>> codec = Codec.json(mapper, new TypeReference<>() {});
    Map<String, List<Product>> value = Map.of("a", List.of(new Product("x", List.of())));
    assertThat(codec.decode(codec.encode(value))).isEqualTo(value);
    Codec<List<Product>> described =
        Codec.json(
            mapper, mapper.getTypeFactory().constructCollectionType(List.class, Product.class));
    assertThat(described.decode("[{\"name\":\"x\",\"sizes\":[]}]".getBytes(StandardCharsets.UTF_8)))
        .containsExactly(new Product("x", List.of()));
  }

  @Test
  void whatIsNotTheTypeIsAnError() {
    Codec<Product> codec = Codec.<Product>json(mapper).forType(Product.class);
    for (String text : List.of("", "null", "[]", "{\"name\":", "{\"other\":1}")) {
      assertThatThrownBy(() -> codec.decode(text.getBytes(StandardCharsets.UTF_8)))
          .as(text)
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void schemaVersionIsKeptWhateverTheOrderOfTheCalls() {
    assertThat(Codec.<Product>json(mapper).schema(7).forType(Product.class).schema()).isEqualTo(7);
    assertThat(Codec.utf8().schema()).isZero();
    assertThat(Codec.utf8().schema(2).id()).isEqualTo(1);
    assertThatThrownBy(() -> Codec.utf8().schema(-1)).hasMessage("schema: -1 (expected: >= 0)");
  }

  @Test
  void withoutJacksonTheErrorNamesTheArtifactAndTheOtherCodecsWork() throws Throwable {
    ClassLoader bare = new WithoutJackson();
    Class<?> codec = bare.loadClass("io.spinforge.cache.codec.Codec");
    java.lang.invoke.MethodHandles.Lookup lookup = java.lang.invoke.MethodHandles.publicLookup();
    java.lang.invoke.MethodType none = java.lang.invoke.MethodType.methodType(codec);
    Object utf8 = lookup.findStatic(codec, "utf8", none).invokeWithArguments();
    assertThat(utf8).isNotNull();
    assertThatThrownBy(() -> lookup.findStatic(codec, "json", none).invokeWithArguments())
        .isInstanceOf(IllegalStateException.class)
        .isNotInstanceOf(InvocationTargetException.class)
        .hasMessage(
            "Codec.json: Jackson is not on the class path"
                + " (expected: com.fasterxml.jackson.core:jackson-databind)");
  }

  /** Defines this package anew and knows no Jackson. */
  private static final class WithoutJackson extends ClassLoader {
    WithoutJackson() {
      super(JsonCodecTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("com.fasterxml.")) {
        throw new ClassNotFoundException(name);
      }
      if (!name.startsWith("io.spinforge.cache.codec.")) {
        return super.loadClass(name, resolve);
      }
      Class<?> known = findLoadedClass(name);
      if (known != null) {
        return known;
      }
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
