package android.app;

import android.content.ContextWrapper;

/** Knows which of the app's processes this is. */
public class Application extends ContextWrapper {
  public static String processName = "com.example.app";

  public Application() {
    super(null);
  }

  public static String getProcessName() {
    return processName;
  }
}
