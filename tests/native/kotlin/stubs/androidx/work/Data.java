package androidx.work;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** What a worker is given, of at most 10 KiB. */
public final class Data {
    public static final int MAX_DATA_BYTES = 10 * 1024;
    private final Map<String, String> values;

    private Data(Map<String, String> values) { this.values = Map.copyOf(values); }

    public String getString(String key) { return values.get(key); }

    /** What the database holds. What cannot be written is logged by the real one, and is nothing: a text of 64 KiB, say. */
    private static byte[] written(Map<String, String> values) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream stream = new DataOutputStream(bytes)) {
            stream.writeShort(0);
            stream.writeShort(0);
            stream.writeInt(values.size());
            for (Map.Entry<String, String> entry : values.entrySet()) {
                stream.writeByte(0);
                stream.writeUTF(entry.getValue());
                stream.writeUTF(entry.getKey());
            }
            return bytes.toByteArray();
        } catch (IOException tooLong) {
            return new byte[0];
        }
    }

    /** As it is after the database. */
    Data read() {
        byte[] bytes = written(values);
        Map<String, String> read = new HashMap<>();
        if (bytes.length == 0) return new Data(read);
        try (DataInputStream stream = new DataInputStream(new ByteArrayInputStream(bytes))) {
            stream.readInt();
            for (int left = stream.readInt(); left > 0; left--) {
                stream.readByte();
                String value = stream.readUTF();
                read.put(stream.readUTF(), value);
            }
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return new Data(read);
    }

    public static final class Builder {
        private final Map<String, String> values = new HashMap<>();

        public Builder putString(String key, String value) {
            values.put(key, value);
            return this;
        }

        public Data build() {
            if (written(values).length > MAX_DATA_BYTES) throw new IllegalStateException("Data cannot occupy more than 10240 bytes when serialized");
            return new Data(values);
        }
    }
}
