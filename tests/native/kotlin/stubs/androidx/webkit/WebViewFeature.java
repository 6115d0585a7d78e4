package androidx.webkit;
public class WebViewFeature { public static final String WEB_MESSAGE_LISTENER = "W", DOCUMENT_START_SCRIPT = "D"; public static boolean isFeatureSupported(String f) { return false; } }
