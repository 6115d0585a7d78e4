// Makes the repository that Gradle finds the stand-ins of its plugins in: Repository.groovy SOURCES REPOSITORY
import java.util.jar.JarEntry
import java.util.jar.JarOutputStream
import org.codehaus.groovy.control.CompilationUnit
import org.codehaus.groovy.control.CompilerConfiguration

def sources = new File(args[0])
def repository = new File(args[1])
def classes = new File(repository, 'classes')
def ids = [
    'com.android.library': 'AndroidPlugin', 'com.android.application': 'AndroidPlugin',
    'kotlin-android': 'KotlinPlugin', 'org.jetbrains.kotlin.android': 'KotlinPlugin',
]

def unit = new CompilationUnit(new CompilerConfiguration(targetDirectory: classes))
unit.addSource(new File(sources, 'Recorder.groovy'))
unit.addSource(new File(sources, 'JvmTarget.groovy'))
unit.addSource(new File(sources, 'AndroidVersion.groovy'))
unit.compile()

def entries = [:]
classes.eachFileRecurse { if (it.file) { entries[classes.toPath().relativize(it.toPath()).toString()] = it.bytes } }
ids.each { id, name -> entries["META-INF/gradle-plugins/${id}.properties"] = "implementation-class=${name}\n".bytes }

// Both modules of a build script's class path have everything: it does not matter which one is asked first.
new File(args[2]).eachLine { line ->
    def coordinates = (line =~ /classpath ['"]([^'"]+)['"]/)
    if (!coordinates.find()) { return }
    def (group, name, version) = coordinates.group(1).replace('$kotlin_version', args[3]).split(':')
    def folder = new File(repository, "${group.replace('.', '/')}/${name}/${version}")
    folder.mkdirs()
    new File(folder, "${name}-${version}.pom").text = "<project><modelVersion>4.0.0</modelVersion>" +
        "<groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></project>"
    new JarOutputStream(new FileOutputStream(new File(folder, "${name}-${version}.jar"))).withCloseable { jar ->
        entries.each { path, bytes ->
            jar.putNextEntry(new JarEntry(path))
            jar.write(bytes)
        }
    }
}
