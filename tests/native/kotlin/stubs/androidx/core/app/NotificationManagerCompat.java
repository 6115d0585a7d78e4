package androidx.core.app;

import android.app.Notification;
import android.app.NotificationManager;
import android.content.Context;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

public final class NotificationManagerCompat {
    /** What is shown, by tag and number. */
    public static final Map<String, NotificationCompat.Shown> shown = new ConcurrentSkipListMap<>();
    public static boolean isEnabled = true;
    /** Whether the user forbids it between the question and the notification. */
    public static boolean refuses;
    private final NotificationManager manager;

    private NotificationManagerCompat(NotificationManager manager) { this.manager = manager; }

    public static NotificationManagerCompat from(Context context) {
        return new NotificationManagerCompat((NotificationManager) context.getSystemService(Context.NOTIFICATION_SERVICE));
    }

    public void notify(String tag, int id, Notification notification) {
        if (refuses) throw new SecurityException("POST_NOTIFICATIONS is not granted");
        shown.put(key(tag, id), (NotificationCompat.Shown) notification);
    }

    public void cancel(String tag, int id) { shown.remove(key(tag, id)); }
    public boolean areNotificationsEnabled() { return isEnabled; }

    private static String key(String tag, int id) { return tag == null ? String.valueOf(id) : tag + " " + id; }
}
