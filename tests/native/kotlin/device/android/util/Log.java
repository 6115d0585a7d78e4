package android.util;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what is logged: {@code W/Tag: text}. */
public final class Log {
  public static final List<String> lines = new CopyOnWriteArrayList<>();

  private static int add(String level, String tag, String text, Throwable error) {
    lines.add(level + "/" + tag + ": " + text + (error == null ? "" : " " + error));
    return 0;
  }

  public static int v(String tag, String text) {
    return add("V", tag, text, null);
  }

  public static int d(String tag, String text) {
    return add("D", tag, text, null);
  }

  public static int i(String tag, String text) {
    return add("I", tag, text, null);
  }

  public static int w(String tag, String text) {
    return add("W", tag, text, null);
  }

  public static int w(String tag, String text, Throwable error) {
    return add("W", tag, text, error);
  }

  public static int e(String tag, String text) {
    return add("E", tag, text, null);
  }

  public static int e(String tag, String text, Throwable error) {
    return add("E", tag, text, error);
  }
}
