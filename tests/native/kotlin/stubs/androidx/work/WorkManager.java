package androidx.work;

import com.google.common.util.concurrent.ListenableFuture;
import java.util.List;

public abstract class WorkManager {
    public static WorkManager getInstance(android.content.Context context) { return null; }
    public abstract Operation enqueueUniqueWork(String name, ExistingWorkPolicy policy, OneTimeWorkRequest request);
    public abstract Operation enqueueUniquePeriodicWork(String name, ExistingPeriodicWorkPolicy policy, PeriodicWorkRequest request);
    public abstract Operation cancelUniqueWork(String name);
    public abstract ListenableFuture<List<WorkInfo>> getWorkInfosByTag(String tag);
}
