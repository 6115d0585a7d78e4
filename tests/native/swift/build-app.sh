#!/bin/sh
# Builds an app around the plugin for this machine, in the Debian of the tests: the plugin as it is generated but for
# what needs an Objective-C runtime, over stand-ins of Apple's modules that remember what they are asked for.
# The folder that it runs in holds stubs/, capacitor/, ios/ (without Objective-C), native/ (header and library), app/.
# usage: build-app.sh CORE PLUGIN LAUNCH
set -e
core=$1 plugin=$2 launch=$3
mkdir -p built

# What was compiled is kept until one of its sources, or the module that is compiled before it, is newer. The time is
# that of a stamp: the compiler leaves a file alone that would come out the same.
before=$0
module() {
    name=$1 newest=$before
    shift
    before=built/$name.made
    if [ -e "$before" ] && [ -z "$(find "$0" "$newest" "$@" -newer "$before")" ]; then return; fi
    swiftc -swift-version 5 -Onone -wmo -enable-testing -parse-as-library -D RECORDING -suppress-warnings \
        -module-name "$name" -I built -I stubs/CUserNotifications -I native -I "ios/Sources/$launch/include" \
        -emit-module -emit-module-path "built/$name.swiftmodule" -c -o "built/$name.o" "$@"
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
module "$plugin" ios/Sources/"$plugin"/*.swift
module Example app/*.swift ios/Snippets/AppDelegate.swift
clang -c -o built/launch.o "ios/Sources/$launch/launch.c" -I "ios/Sources/$launch/include"
launch=ios/Sources/$launch/launch.c
if [ -e built/made ] && [ -z "$(find "$before" "$launch" native -newer built/made)" ]; then exit; fi
swiftc built/*.o -o built/Example -L native -lbackground_runner -lm -ldl -lpthread
touch built/made
