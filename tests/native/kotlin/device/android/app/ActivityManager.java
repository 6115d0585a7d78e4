package android.app;

/** Knows how important this process is. */
public class ActivityManager {
  public static int importance = 400;

  public static void getMyMemoryState(RunningAppProcessInfo process) {
    process.importance = importance;
  }

  public static class RunningAppProcessInfo {
    public int importance;
  }
}
