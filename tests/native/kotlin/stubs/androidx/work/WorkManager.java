package androidx.work;

import com.google.common.util.concurrent.ListenableFuture;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Keeps the work of an app, which outlives its process. */
public class WorkManager {
    private static final WorkManager ONLY = new WorkManager();
    /** All work, in the order in which it came. */
    public final List<WorkInfo> works = new CopyOnWriteArrayList<>();
    /** What was asked for: {@code cancel name} and the like. */
    public final List<String> calls = new CopyOnWriteArrayList<>();
    /** Whether the app has turned the library's start off and forgotten to do it by itself. */
    public boolean isBroken;
    /** Called before something is asked for: what must be true by then, or the end of the process. */
    public Consumer<String> before = call -> {};
    /** Called with work that is cancelled while it runs, or is replaced: its worker is stopped. */
    public Consumer<WorkInfo> stopped = work -> {};

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
        before.accept(policy + " " + name);
        calls.add(policy + " " + name);
        WorkInfo present = find(name);
        if (present != null && policy.equals("KEEP")) return done();
        if (present != null && policy.equals("UPDATE")) {
            // What runs is updated for its next time, and keeps when it was first submitted.
            if ((present.request.intervalMs > 0) != (request.intervalMs > 0)) return failed(new UnsupportedOperationException("Can't update " + name + " to another kind"));
            present.request = request;
            return done();
        }
        if (present != null) cancel(present);
        works.add(new WorkInfo(name, request));
        return done();
    }

    private void cancel(WorkInfo work) {
        boolean ran = work.state == WorkInfo.State.RUNNING;
        work.state = WorkInfo.State.CANCELLED;
        if (ran) stopped.accept(work);
    }

    public synchronized Operation cancelUniqueWork(String name) {
        before.accept("CANCEL " + name);
        calls.add("CANCEL " + name);
        WorkInfo present = find(name);
        if (present != null) cancel(present);
        return done();
    }

    public synchronized Operation cancelWorkById(UUID id) {
        for (WorkInfo work : works) if (work.id.equals(id) && !work.state.isFinished()) cancel(work);
        return done();
    }

    public synchronized ListenableFuture<List<WorkInfo>> getWorkInfosByTag(String tag) {
        Answer<List<WorkInfo>> known = new Answer<>();
        known.complete(works.stream().filter(work -> work.getTags().contains(tag)).toList());
        return known;
    }

    private static Operation done() {
        Answer<Operation.State.SUCCESS> answer = new Answer<>();
        answer.complete(new Operation.State.SUCCESS());
        return () -> answer;
    }

    private static Operation failed(Throwable error) {
        Answer<Operation.State.SUCCESS> answer = new Answer<>();
        answer.completeExceptionally(error);
        return () -> answer;
    }

    private static final class Answer<T> extends CompletableFuture<T> implements ListenableFuture<T> {
        @Override public void addListener(Runnable listener, Executor executor) { thenRunAsync(listener, executor); }
    }
}
