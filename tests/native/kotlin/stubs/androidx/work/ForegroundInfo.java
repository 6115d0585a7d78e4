package androidx.work;

import android.app.Notification;

/** What is shown while work runs as a foreground service, which is how Android 11 and older run expedited work. */
public final class ForegroundInfo {
    public final int id;
    public final Notification notification;

    public ForegroundInfo(int id, Notification notification) {
        if (notification == null) throw new NullPointerException("notification");
        this.id = id;
        this.notification = notification;
    }
}
