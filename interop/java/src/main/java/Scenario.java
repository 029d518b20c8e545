import com.azure.json.JsonProviders;
import com.azure.json.JsonReader;
import com.azure.json.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a client is given, and steps that are printed as JSON lines. */
final class Scenario {
  private final Map<String, Object> members;

  private Scenario(Map<String, Object> members) {
    this.members = members;
  }

  static Scenario read(String file) throws IOException {
    try (JsonReader reader = JsonProviders.createReader(Files.readString(Path.of(file)))) {
      return new Scenario(reader.readMap(JsonReader::readUntyped));
    }
  }

  /** The text at a path of members. */
  String text(String... path) {
    Object found = members;
    for (String name : path) found = ((Map<?, ?>) found).get(name);
    return (String) found;
  }

  /** The bytes of which the text is the base64. */
  byte[] bytes(String... path) {
    return Base64.getDecoder().decode(text(path));
  }

  /** What a step does. */
  interface Work {
    void run() throws Exception;
  }

  static void step(String operation, String name, Work work) throws IOException {
    Map<String, Object> step = new LinkedHashMap<>(Map.of("operation", operation, "name", name, "ok", true));
    try {
      work.run();
    } catch (Exception | AssertionError error) {
      step.put("ok", false);
      step.put("why", error.getClass().getSimpleName() + ": " + error.getMessage());
    }
    StringWriter text = new StringWriter();
    try (JsonWriter writer = JsonProviders.createWriter(text)) {
      writer.writeMap(step, JsonWriter::writeUntyped);
    }
    System.out.println(text);
  }

  static void equal(Object found, Object expected) {
    if (!expected.equals(found)) throw new AssertionError("expected " + expected + ", found " + found);
  }

  /** The exception of this kind that the work must end with. */
  static <E extends Exception> E refused(Class<E> kind, Work work) throws Exception {
    try {
      work.run();
    } catch (Exception error) {
      if (kind.isInstance(error)) return kind.cast(error);
      throw error;
    }
    throw new AssertionError("it was accepted");
  }
}
