// Stands for the version of Android's plugin for Gradle.
package com.android

class Version {
    public static final String ANDROID_GRADLE_PLUGIN_VERSION = '8.13.0'
}
