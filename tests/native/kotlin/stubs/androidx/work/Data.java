package androidx.work;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** What a worker is given, of at most 10 KiB. */
public final class Data {
    private static final int MAX_DATA_BYTES = 10 * 1024;
    private final Map<String, String> values;

    private Data(Map<String, String> values) { this.values = Map.copyOf(values); }

    public String getString(String key) { return values.get(key); }

    public static final class Builder {
        private final Map<String, String> values = new HashMap<>();

        public Builder putString(String key, String value) {
            values.put(key, value);
            return this;
        }

        public Data build() {
            if (values.toString().getBytes(StandardCharsets.UTF_8).length > MAX_DATA_BYTES) throw new IllegalStateException("Data cannot occupy more than 10240 bytes when serialized");
            return new Data(values);
        }
    }
}
