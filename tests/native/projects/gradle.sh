#!/bin/sh
# Has Gradle evaluate apps around the plugin, with stand-ins for the plugins of Android and Kotlin; what they were told
# is left in APP/PROJECT.json. The folder that it runs in holds the stand-ins' sources, plugin/ and the apps.
# usage: gradle.sh KOTLIN-VERSION APP...
set -e
kotlin=$1
shift
jars=$(echo /usr/share/gradle/lib/*.jar /usr/share/gradle/lib/plugins/*.jar /usr/share/java/slf4j-api.jar /usr/share/java/groovy-all.jar | tr " " ":")

if [ ! -e repository/made ] || [ -n "$(find ./*.groovy plugin/android/build.gradle -newer repository/made)" ]; then
    rm -rf repository && mkdir -p repository/classes
    java -cp "$jars" groovy.ui.GroovyMain Repository.groovy . repository plugin/android/build.gradle "$kotlin"
    touch repository/made
fi
mkdir -p home
cat > home/init.gradle <<GRADLE
allprojects { buildscript { repositories { maven { url 'file:$(pwd)/repository' } } } }
// The Gradle of today reads files by providers; Debian's does not know them.
allprojects {
    ext.fileContents = { file -> [asText: [getOrNull: { file.asFile.exists() ? file.asFile.text : null }]] }
}
GRADLE
{
    echo "task all"
    for app in "$@"; do
        echo "task '$app'(type: GradleBuild) { dir = '$app'; tasks = ['help'] }"
        echo "all.dependsOn '$app'"
    done
} > build.gradle
echo > settings.gradle
export GRADLE_USER_HOME="$(pwd)/home" GRADLE_OPTS='-Xshare:auto -XX:TieredStopAtLevel=1 -Xmx512m'
gradle --offline --no-daemon --quiet all
