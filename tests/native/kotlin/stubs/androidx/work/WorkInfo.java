package androidx.work;

import java.util.Set;

/** What is known of work. */
public final class WorkInfo {
    public enum State { ENQUEUED, RUNNING, SUCCEEDED, FAILED, BLOCKED, CANCELLED; public boolean isFinished() { return this == SUCCEEDED || this == FAILED || this == CANCELLED; } }

    public final String name;
    public WorkRequest request;
    public State state = State.ENQUEUED;
    /** How often it was started since it last succeeded or failed. */
    public int runAttemptCount;

    WorkInfo(String name, WorkRequest request) {
        this.name = name;
        this.request = request;
    }

    public State getState() { return state; }
    public Set<String> getTags() { return request.tags; }

    /** What the real library makes of a worker's result: work that repeats has another time, whatever it was. */
    public void finished(ListenableWorker.Result result) {
        boolean retry = result.equals(ListenableWorker.Result.retry());
        runAttemptCount = retry ? runAttemptCount + 1 : 0;
        if (retry || request.intervalMs > 0) state = State.ENQUEUED;
        else state = result.equals(ListenableWorker.Result.success()) ? State.SUCCEEDED : State.FAILED;
    }
}
