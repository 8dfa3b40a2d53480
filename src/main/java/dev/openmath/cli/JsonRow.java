package dev.openmath.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One line of JSON Lines: some of its top-level fields as text, and the line itself, which leaves as it came but for the
 * fields that are added.
 */
final class JsonRow {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(1_000_000)
                    .build())
            .build();
    private static final ObjectMapper TREE = JsonMapper.builder(FACTORY)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final String line;
    private final Map<String, @Nullable String> values;
    private final Set<String> replaced;

    private JsonRow(String line, Map<String, @Nullable String> values, Set<String> replaced) {
        this.line = line;
        this.values = values;
        this.replaced = replaced;
    }

    /**
     * Reads a line.
     *
     * @param fields the fields that must be there: a string, a number, whose text is kept, or null
     * @param added the fields that {@link #with} will add
     * @throws WrongInputException if the line is no JSON object or a field is missing or of another type
     */
    static JsonRow parse(String line, List<String> fields, List<String> added) {
        Map<String, @Nullable String> values = new HashMap<>();
        Set<String> replaced = new HashSet<>();
        try (JsonParser parser = FACTORY.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new WrongInputException("not a JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken token = parser.nextToken();
                if (fields.contains(name)) {
                    if (token != JsonToken.VALUE_STRING && token != JsonToken.VALUE_NULL && !token.isNumeric()) {
                        throw new WrongInputException(
                                "field \"" + name + "\" must be a string, a number or null, not " + kind(token));
                    }
                    values.put(name, token == JsonToken.VALUE_NULL ? null : parser.getText());
                } else if (added.contains(name)) {
                    replaced.add(name);
                }
                parser.skipChildren();
            }
            if (parser.nextToken() != null) {
                throw new WrongInputException("more than one JSON value on the line");
            }
        } catch (JsonProcessingException e) {
            int column = e.getLocation() == null ? 0 : e.getLocation().getColumnNr();
            throw new WrongInputException("not valid JSON near column " + column, e);
        } catch (IOException e) {
            throw new WrongInputException("not valid JSON", e);
        }
        for (String field : fields) {
            if (!values.containsKey(field)) {
                throw new WrongInputException("field \"" + field + "\" is missing");
            }
        }
        return new JsonRow(line, values, replaced);
    }

    @Nullable
    String text(String field) {
        return values.get(field);
    }

    /** The line with fields added at its end; a value is {@link String}, {@link Boolean} or null. */
    String with(Map<String, ? extends @Nullable Object> added) {
        String object = replaced.isEmpty() ? line : withoutReplaced();
        StringBuilder out =
                new StringBuilder(object.substring(0, object.lastIndexOf('}')).stripTrailing());
        boolean first = out.charAt(out.length() - 1) == '{';
        for (var field : added.entrySet()) {
            out.append(first ? "\"" : ", \"").append(field.getKey()).append("\": ");
            first = false;
            if (field.getValue() instanceof String text) {
                out.append('"');
                JsonStringEncoder.getInstance().quoteAsString(text, out);
                out.append('"');
            } else {
                out.append(field.getValue());
            }
        }
        return out.append('}').toString();
    }

    private String withoutReplaced() {
        try {
            JsonNode tree = TREE.readTree(line);
            ((ObjectNode) tree).remove(replaced);
            return TREE.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String kind(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            default -> "a boolean";
        };
    }
}
