package android.webkit;

import android.content.Context;
import android.content.pm.PackageInfo;
import android.os.Handler;
import android.os.Looper;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** The page's side of the bridge: keeps what it is told to evaluate. */
public class WebView extends android.widget.AbsoluteLayout {
  public final BlockingQueue<String> evaluated = new LinkedBlockingQueue<>();
  /** What scripts of the page can call. */
  public final Map<String, Object> interfaces = new HashMap<>();

  public WebView(Context context) {
    super(context);
  }

  public static PackageInfo getCurrentWebViewPackage() {
    PackageInfo info = new PackageInfo();
    info.packageName = "com.google.android.webview";
    info.versionName = "140.0";
    return info;
  }

  public static void setWebContentsDebuggingEnabled(boolean enabled) {}

  public WebSettings getSettings() {
    return new WebSettings();
  }

  public void addJavascriptInterface(Object object, String name) {
    interfaces.put(name, object);
  }

  @Override
  public boolean post(Runnable work) {
    return new Handler(Looper.getMainLooper()).post(work);
  }

  public void evaluateJavascript(String script, ValueCallback<String> done) {
    evaluated.add(script);
  }

  public void loadUrl(String url) {}

  public void setWebChromeClient(WebChromeClient client) {}

  public void setWebViewClient(WebViewClient client) {}
}
