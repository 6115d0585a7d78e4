package androidx.core.app;

import android.app.Notification;
import android.app.PendingIntent;
import android.content.Context;
import android.graphics.Bitmap;
import android.net.Uri;
import android.os.Bundle;
import java.util.Map;
import java.util.TreeMap;

public class NotificationCompat {
    public static final int BADGE_ICON_SMALL = 1;

    /** A notification that knows all that was said about it. */
    public static final class Shown extends Notification {
        public final Map<String, Object> said;

        Shown(Map<String, Object> said) { this.said = said; }
    }

    public abstract static class Style {}

    public static class BigTextStyle extends Style {
        private CharSequence text;
        private CharSequence summary;

        public BigTextStyle bigText(CharSequence text) {
            this.text = text;
            return this;
        }

        public BigTextStyle setSummaryText(CharSequence text) {
            summary = text;
            return this;
        }

        @Override public String toString() { return text + " / " + summary; }
    }

    public static class Builder {
        private final Map<String, Object> said = new TreeMap<>();
        private final Bundle extras = new Bundle();

        public Builder(Context context, String channel) { say("channel", channel); }

        private Builder say(String name, Object value) {
            said.put(name, value);
            return this;
        }

        public Bundle getExtras() { return extras; }
        public Builder setAutoCancel(boolean autoCancel) { return say("autoCancel", autoCancel); }
        public Builder setBadgeIconType(int type) { return say("badgeIconType", type); }
        public Builder setContentIntent(PendingIntent intent) { return say("contentIntent", intent); }
        public Builder setContentText(CharSequence text) { return say("text", text); }
        public Builder setContentTitle(CharSequence title) { return say("title", title); }
        public Builder setGroup(String group) { return say("group", group); }
        public Builder setGroupSummary(boolean summary) { return say("groupSummary", summary); }
        public Builder setLargeIcon(Bitmap icon) { return say("largeIcon", icon); }
        public Builder setNumber(int number) { return say("number", number); }
        public Builder setOngoing(boolean ongoing) { return say("ongoing", ongoing); }
        public Builder setSilent(boolean silent) { return say("silent", silent); }
        public Builder setSmallIcon(int icon) { return say("smallIcon", icon); }
        public Builder setSound(Uri sound) { return say("sound", sound); }
        public Builder setStyle(Style style) { return say("style", style); }

        /** Without a small icon, Android refuses to show anything. */
        public Notification build() {
            if (!said.containsKey("smallIcon")) throw new IllegalArgumentException("Invalid notification (no valid small icon)");
            say("extras", extras);
            return new Shown(said);
        }
    }
}
