package androidx.core.app;

import android.app.Notification;
import android.app.PendingIntent;
import android.content.Context;
import android.graphics.Bitmap;
import android.net.Uri;
import android.os.Bundle;

public class NotificationCompat {
    public static final int BADGE_ICON_SMALL = 1;

    public abstract static class Style {}

    public static class BigTextStyle extends Style {
        public BigTextStyle bigText(CharSequence text) { return this; }
        public BigTextStyle setSummaryText(CharSequence text) { return this; }
    }

    public static class Builder {
        public Builder(Context context, String channel) {}
        public Bundle getExtras() { return new Bundle(); }
        public Builder setAutoCancel(boolean autoCancel) { return this; }
        public Builder setBadgeIconType(int type) { return this; }
        public Builder setContentIntent(PendingIntent intent) { return this; }
        public Builder setContentText(CharSequence text) { return this; }
        public Builder setContentTitle(CharSequence title) { return this; }
        public Builder setGroup(String group) { return this; }
        public Builder setGroupSummary(boolean summary) { return this; }
        public Builder setLargeIcon(Bitmap icon) { return this; }
        public Builder setNumber(int number) { return this; }
        public Builder setOngoing(boolean ongoing) { return this; }
        public Builder setSilent(boolean silent) { return this; }
        public Builder setSmallIcon(int icon) { return this; }
        public Builder setSound(Uri sound) { return this; }
        public Builder setStyle(Style style) { return this; }
        public Notification build() { return null; }
    }
}
