// Evaluates the plugin's build script in an app, with a stand-in for Gradle that accepts and remembers every setting:
// Evaluate.groovy build.gradle APP-PROJECT AGP-VERSION BUILT-IN-KOTLIN, where APP-PROJECT is the folder of the app's module.
import groovy.json.JsonOutput

/** Any property, method or block is fine, and remembered. */
class Recorder {
    private final Binding names
    final Map seen = new TreeMap()

    Recorder(Binding names) {
        this.names = names
    }

    def propertyMissing(String name) {
        if (names.hasVariable(name)) {
            return names.getVariable(name)
        }
        seen.containsKey(name) ? seen[name] : (seen[name] = new Recorder(names))
    }

    def propertyMissing(String name, value) {
        seen[name] = value
    }

    def methodMissing(String name, arguments) {
        if (arguments.length == 1 && arguments[0] instanceof Closure) {
            def block = propertyMissing(name)
            return Evaluation.run(arguments[0], block)
        }
        seen[name] = (seen[name] instanceof List ? seen[name] : []) + (arguments as List).collect { it.toString() }
        null
    }

    String project(String path) {
        "project $path"
    }

    Map flat() {
        seen.collectEntries { name, value -> [name, value instanceof Recorder ? value.flat() : value] }
    }
}

/** What `ext` sets is a name of the whole script. */
class Extra {
    private final Binding names

    Extra(Binding names) {
        this.names = names
    }

    def propertyMissing(String name) {
        names.getVariable(name)
    }

    def propertyMissing(String name, value) {
        names.setVariable(name, value)
    }
}

/** The part of the variant interface of the Android plugin that adds manifests. */
class Variants {
    final List manifests = []

    def selector() {
        this
    }

    def all() {
        this
    }

    void onVariants(selector, Closure action) {
        action([sources: [manifests: this]])
    }

    void addStaticManifestFile(String path) {
        manifests << path
    }
}

class Evaluation {
    static run(Closure block, delegate) {
        block.delegate = delegate
        block.resolveStrategy = Closure.DELEGATE_FIRST
        block.call()
    }
}

def script = new File(args[0])
def app = new File(args[1])
def names = new Binding()
def variants = new Variants()
def extra = new Extra(names)
def blocks = ['android', 'kotlin', 'repositories', 'dependencies'].collectEntries { [it, new Recorder(names)] }
def plugins = []
names.setVariable('project', [hasProperty: { false }, findProperty: { it == 'android.builtInKotlin' ? args[3] : null }])
// The configuration cache does not see files that are read without a provider: there is no other way to one.
names.setVariable('rootProject', [subprojects: [[layout: [projectDirectory: [file: { [path: it] }]]]]])
names.setVariable('providers', [fileContents: { file ->
    def found = new File(app, file.path)
    [asText: [getOrNull: { found.exists() ? found.text : null }]]
}])
names.setVariable('com', [android: [Version: [ANDROID_GRADLE_PLUGIN_VERSION: args[2]]]])
names.setVariable('androidComponents', variants)
names.setVariable('JavaVersion', new Recorder(new Binding()))
names.setVariable('org', new Recorder(new Binding()))
names.setVariable('file', { new File(script.parentFile, it) })
names.setVariable('apply', { Map plugin -> plugins << plugin.plugin })
names.setVariable('buildscript', { block -> Evaluation.run(block, [ext: extra, repositories: {}, dependencies: {}]) })
names.setVariable('ext', { block -> Evaluation.run(block, extra) })
blocks.each { name, recorder -> names.setVariable(name, { block -> Evaluation.run(block, recorder) }) }

new GroovyShell(names).evaluate(script)
println JsonOutput.toJson([
    plugins: plugins,
    manifests: variants.manifests.collect { new File(it).parentFile.name },
    android: blocks.android.flat(),
    dependencies: blocks.dependencies.seen.implementation,
])
