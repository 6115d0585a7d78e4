# The modules that the plugin needs, each after those that it builds on. Sourced by the scripts that compile them:
# `core` and `launch` name our own, `made` is the folder for stamps, `compile NAME SOURCE...` compiles one.

# What was compiled is kept until one of its sources, or the module that is compiled before it, is newer. The time is
# that of a stamp: the compiler leaves a file alone that would come out the same.
before=$0
module() {
    name=$1 newest=$before
    shift
    before=$made/$name.made
    if [ -e "$before" ] && [ -z "$(find "$0" modules.sh native/runner.h "$newest" "$@" -newer "$before")" ]; then return; fi
    compile "$name" "$@"
    touch "$before"
}

printf 'module %s { header "%s.h" export * }\n' "$launch" "$launch" > "ios/Sources/$launch/include/module.modulemap"
module Phone stubs/Phone.swift
module ObjectiveC stubs/ObjectiveC.swift
module UIKit stubs/UIKit.swift
module BackgroundTasks stubs/BackgroundTasks.swift
module UserNotifications stubs/UserNotifications.swift
module WatchConnectivity stubs/WatchConnectivity.swift
module CoreLocation stubs/CoreLocation.swift
module Network stubs/Network.swift
module WebKit stubs/WebKit.swift
module Combine stubs/Combine.swift
module Capacitor stubs/Capacitor.swift capacitor/*.swift
module "$core" ios/Sources/"$core"/*.swift
