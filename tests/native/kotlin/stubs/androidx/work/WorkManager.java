package androidx.work;

import com.google.common.util.concurrent.ListenableFuture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Keeps the work of an app, which outlives its process. */
public class WorkManager {
    private static final WorkManager ONLY = new WorkManager();
    /** All work, in the order in which it came. */
    public final List<WorkInfo> works = new ArrayList<>();
    /** What was asked for: {@code cancel name} and the like. */
    public final List<String> calls = new ArrayList<>();
    /** Whether the app has turned the library's start off and forgotten to do it by itself. */
    public boolean isBroken;

    public static WorkManager getInstance(android.content.Context context) {
        if (ONLY.isBroken) throw new IllegalStateException("WorkManager is not initialized properly");
        return ONLY;
    }

    /** The work of this name that is not finished. */
    public synchronized WorkInfo find(String name) {
        return works.stream().filter(work -> work.name.equals(name) && !work.state.isFinished()).findFirst().orElse(null);
    }

    public synchronized Operation enqueueUniqueWork(String name, ExistingWorkPolicy policy, OneTimeWorkRequest request) {
        return enqueue(name, policy.name(), request);
    }

    public synchronized Operation enqueueUniquePeriodicWork(String name, ExistingPeriodicWorkPolicy policy, PeriodicWorkRequest request) {
        return enqueue(name, policy.name(), request);
    }

    private Operation enqueue(String name, String policy, WorkRequest request) {
        calls.add(policy + " " + name);
        WorkInfo present = find(name);
        if (present != null && policy.equals("KEEP")) return new Operation() {};
        if (present != null && policy.equals("UPDATE")) {
            present.request = request;
            return new Operation() {};
        }
        if (present != null) present.state = WorkInfo.State.CANCELLED;
        works.add(new WorkInfo(name, request));
        return new Operation() {};
    }

    public synchronized Operation cancelUniqueWork(String name) {
        calls.add("CANCEL " + name);
        WorkInfo present = find(name);
        if (present != null) present.state = WorkInfo.State.CANCELLED;
        return new Operation() {};
    }

    public synchronized ListenableFuture<List<WorkInfo>> getWorkInfosByTag(String tag) {
        Known known = new Known();
        known.complete(works.stream().filter(work -> work.getTags().contains(tag)).toList());
        return known;
    }

    private static final class Known extends CompletableFuture<List<WorkInfo>> implements ListenableFuture<List<WorkInfo>> {
        @Override public void addListener(Runnable listener, Executor executor) { thenRunAsync(listener, executor); }
    }
}
