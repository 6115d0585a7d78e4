package android.app;

import android.content.Context;
import android.content.Intent;
import java.util.concurrent.CopyOnWriteArrayList;

/** A message for later. The system has one for all that are alike: a newer one may replace its extras. */
public final class PendingIntent {
  /** Those of the whole system: any thread of any process makes and looks them up. */
  public static final CopyOnWriteArrayList<PendingIntent> all = new CopyOnWriteArrayList<>();
  private static final int FLAG_MUTABLE = 0x2000000;
  private static final int FLAG_IMMUTABLE = 0x4000000;
  private static final int FLAG_UPDATE_CURRENT = 0x8000000;

  public final String kind;
  public final int code;
  public Intent intent;

  private PendingIntent(String kind, int code, Intent intent) {
    this.kind = kind;
    this.code = code;
    this.intent = intent;
  }

  public static PendingIntent getBroadcast(Context context, int code, Intent intent, int flags) {
    return of("broadcast", code, intent, flags);
  }

  public static PendingIntent getActivity(Context context, int code, Intent intent, int flags) {
    return of("activity", code, intent, flags);
  }

  private static synchronized PendingIntent of(String kind, int code, Intent intent, int flags) {
    if (((flags & FLAG_IMMUTABLE) == 0) == ((flags & FLAG_MUTABLE) == 0)) {
      throw new IllegalArgumentException("either mutable or immutable has to be said since Android 12");
    }
    for (PendingIntent found : all) {
      if (found.kind.equals(kind) && found.code == code && found.intent.filterEquals(intent)) {
        if ((flags & FLAG_UPDATE_CURRENT) != 0) {
          found.intent = new Intent(intent);
        }
        return found;
      }
    }
    PendingIntent made = new PendingIntent(kind, code, new Intent(intent));
    all.add(made);
    return made;
  }
}
