#!/bin/sh
# Builds an app around the plugin for this machine, in the Debian of the tests: the plugin as it is generated but for
# what needs an Objective-C runtime, over stand-ins of Apple's modules that remember what they are asked for.
# The folder that it runs in holds stubs/, capacitor/, ios/ (without Objective-C), native/ (header and library), app/,
# declared/ (the JSON of what the app adds) and modules.sh.
# usage: build-app.sh CORE PLUGIN LAUNCH LOCATION
set -e
core=$1 plugin=$2 launch=$3 location=$4 made=built
mkdir -p built

compile() {
    name=$1
    shift
    # The app is no part of the package: it sees what is public.
    if [ "$name" = Example ]; then package=; else package="-package-name $plugin"; fi
    swiftc -swift-version 5 -Onone -wmo -enable-testing -parse-as-library -D RECORDING -suppress-warnings \
        -module-name "$name" $package -I built -I stubs/CPhone -I stubs/CUserNotifications -I native -I "ios/Sources/$launch/include" \
        -emit-module -emit-module-path "built/$name.swiftmodule" -c -o "built/$name.o" "$@"
}

. ./modules.sh
module "$plugin" ios/Sources/"$plugin"/*.swift
module "$location" ios/Sources/"$location"/*.swift
module Example app/*.swift declared/*.swift ios/Snippets/AppDelegate.swift
clang -c -o built/launch.o "ios/Sources/$launch/launch.c" -I "ios/Sources/$launch/include"
clang -c -o built/phone.o stubs/CPhone/phone.c -I stubs/CPhone
launch=ios/Sources/$launch/launch.c
if [ -e built/made ] && [ -z "$(find "$before" "$launch" stubs native -newer built/made)" ]; then exit; fi
swiftc built/*.o -o built/Example -L native -lbackground_runner -lm -ldl -lpthread
touch built/made
