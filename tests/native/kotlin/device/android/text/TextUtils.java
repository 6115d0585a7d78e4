package android.text;

import java.util.Arrays;
import java.util.stream.Collectors;

/** What Capacitor uses of it. */
public class TextUtils {
  public static String join(CharSequence separator, Object[] parts) {
    return Arrays.stream(parts).map(String::valueOf).collect(Collectors.joining(separator));
  }

  public static boolean isEmpty(CharSequence text) {
    return text == null || text.length() == 0;
  }
}
