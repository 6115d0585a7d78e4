// Stands for the names of byte code in Kotlin's plugin for Gradle.
package org.jetbrains.kotlin.gradle.dsl

enum JvmTarget { JVM_21 }
