// Stands for Android's and Kotlin's plugins for Gradle: everything that a build script sets is accepted and remembered.
import groovy.json.JsonOutput
import org.gradle.api.Plugin
import org.gradle.api.Project
import org.gradle.api.artifacts.ProjectDependency

/** Any property, method or block is fine, and remembered. */
class Recorder {
    final Map seen = new TreeMap()
    private final Project project

    Recorder(Project project) {
        this.project = project
    }

    def propertyMissing(String name) {
        if (name in ['project', 'rootProject'] || project.ext.has(name)) {
            return project.property(name)
        }
        seen.containsKey(name) ? seen[name] : (seen[name] = new Recorder(project))
    }

    def propertyMissing(String name, value) {
        seen[name] = value
    }

    def methodMissing(String name, arguments) {
        if (arguments.length == 1 && arguments[0] instanceof Closure) {
            Closure block = arguments[0]
            def inner = propertyMissing(name)
            block.delegate = inner
            block.resolveStrategy = Closure.DELEGATE_FIRST
            block.call()
            return inner
        }
        seen[name] = arguments.collect { it.toString() }
    }

    Map flat() {
        seen.collectEntries { name, value ->
            [name, value instanceof Recorder ? value.flat() : value instanceof List ? value : value.toString()]
        }
    }
}

/** The part of the variant interface that adds manifests. */
class Variants {
    final List manifests = []

    def selector() { this }

    def all() { this }

    void onVariants(selector, Closure action) {
        action([sources: [manifests: this]])
    }

    void addStaticManifestFile(String path) {
        manifests << path
    }
}

class AndroidPlugin implements Plugin<Project> {
    void apply(Project project) {
        project.pluginManager.apply('java-library')
        def android = new Recorder(project)
        def variants = new Variants()
        project.extensions.add('android', android)
        project.extensions.add('androidComponents', variants)
        project.afterEvaluate {
            def dependencies = project.configurations.collectEntries { configuration ->
                [configuration.name, configuration.dependencies.collect { described(it) }]
            }
            def said = [
                android: android.flat(),
                kotlin: project.extensions.findByName('kotlin')?.flat(),
                manifests: variants.manifests.collect { project.relativePath(it) },
                dependencies: dependencies.findAll { it.value },
                repositories: project.repositories.collect { it.name },
            ]
            new File(project.rootDir, "${project.name}.json").text = JsonOutput.toJson(said)
        }
    }

    private static String described(dependency) {
        if (dependency instanceof ProjectDependency) {
            return "project ${dependency.dependencyProject.path}"
        }
        [dependency.group, dependency.name, dependency.version].join(':')
    }
}

class KotlinPlugin implements Plugin<Project> {
    void apply(Project project) {
        project.extensions.add('kotlin', new Recorder(project))
    }
}
