package androidx.core.view;
public final class WindowCompat { public static WindowInsetsControllerCompat getInsetsController(android.view.Window w, android.view.View v) { return null; } }
