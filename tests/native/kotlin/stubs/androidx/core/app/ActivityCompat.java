package androidx.core.app;
public class ActivityCompat extends androidx.core.content.ContextCompat { public static boolean shouldShowRequestPermissionRationale(android.app.Activity a, String p) { return false; } public static void requestPermissions(android.app.Activity a, String[] p, int c) {} }
