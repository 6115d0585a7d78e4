#!/bin/sh
# Builds an app around the plugin for this machine, in the Debian of the tests: the plugin as it is generated but for
# what needs an Objective-C runtime, over stand-ins of Apple's modules that remember what they are asked for.
# The folder that it runs in holds stubs/, capacitor/, ios/ (without Objective-C), native/ (header and library), app/,
# declared/ (the JSON of what the app adds) and modules.sh.
# usage: build-app.sh CORE PLUGIN LAUNCH
set -e
core=$1 plugin=$2 launch=$3 made=built
mkdir -p built

compile() {
    name=$1
    shift
    swiftc -swift-version 5 -Onone -wmo -enable-testing -parse-as-library -D RECORDING -suppress-warnings \
        -module-name "$name" -I built -I stubs/CUserNotifications -I native -I "ios/Sources/$launch/include" \
        -emit-module -emit-module-path "built/$name.swiftmodule" -c -o "built/$name.o" "$@"
}

. ./modules.sh
module "$plugin" ios/Sources/"$plugin"/*.swift
module Example app/*.swift declared/*.swift ios/Snippets/AppDelegate.swift
clang -c -o built/launch.o "ios/Sources/$launch/launch.c" -I "ios/Sources/$launch/include"
launch=ios/Sources/$launch/launch.c
if [ -e built/made ] && [ -z "$(find "$before" "$launch" native -newer built/made)" ]; then exit; fi
swiftc built/*.o -o built/Example -L native -lbackground_runner -lm -ldl -lpthread
touch built/made
