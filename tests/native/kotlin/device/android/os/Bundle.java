package android.os;

import java.util.HashMap;
import java.util.Map;

/** Values by name. */
public final class Bundle {
  private final Map<String, Object> values = new HashMap<>();

  public void putString(String key, String value) {
    values.put(key, value);
  }

  public String getString(String key) {
    return values.get(key) instanceof String ? (String) values.get(key) : null;
  }

  public java.util.Set<String> keySet() {
    return values.keySet();
  }
}
