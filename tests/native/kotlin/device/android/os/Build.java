package android.os;

/** The release of Android, which a test chooses. */
public class Build {
  public static String MANUFACTURER = "Example";

  public static class VERSION {
    public static int SDK_INT = 36;
  }
}
