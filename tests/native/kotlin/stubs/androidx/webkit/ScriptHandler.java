package androidx.webkit;
public abstract class ScriptHandler {}
