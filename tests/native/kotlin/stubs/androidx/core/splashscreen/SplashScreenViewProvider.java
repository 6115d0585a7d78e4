package androidx.core.splashscreen;
public final class SplashScreenViewProvider { public android.view.View getView() { return null; } public void remove() {} }
