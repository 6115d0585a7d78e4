package androidx.core.view;
public class WindowInsetsCompat { public androidx.core.graphics.Insets getInsets(int t) { return null; } public boolean isVisible(int t) { return false; }
 public static final class Type { public static int systemBars() { return 0; } public static int displayCutout() { return 0; } public static int ime() { return 0; } public static int statusBars() { return 0; } public static int navigationBars() { return 0; } }
 public static final class Builder { public Builder(WindowInsetsCompat w) {} public Builder setInsets(int t, androidx.core.graphics.Insets i) { return this; } public WindowInsetsCompat build() { return null; } } }
