package androidx.work

import android.content.Context

abstract class CoroutineWorker(
    context: Context,
    parameters: WorkerParameters,
) : ListenableWorker(context, parameters) {
    abstract suspend fun doWork(): Result
}
