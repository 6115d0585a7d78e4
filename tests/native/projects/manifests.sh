#!/bin/sh
# Merges manifests as a build does, with Google's merger, and has aapt2 compile what comes out against Android's own
# resources. APP/libraries names the manifests that come with the plugin, one a line; APP/merged.xml is the result.
# usage: manifests.sh APP...
set -e
jars=$(echo /usr/share/java/com.android*.jar /usr/share/java/guava.jar /usr/share/java/kxml2.jar \
    /usr/share/java/gson.jar | tr ' ' ':')
for app in "$@"; do
    number=0 libraries=
    while read -r manifest; do
        number=$((number + 1))
        # What a build knows of a library beside its manifest: a name of its own, and the versions it is for.
        name="package=\"com.example.library$number\""
        versions='<uses-sdk android:minSdkVersion="24" android:targetSdkVersion="33" \/>'
        space='xmlns:android="http:\/\/schemas.android.com\/apk\/res\/android"'
        sed -e "s/<manifest \/>/<manifest $space><\/manifest>/" -e "s/<manifest\([^>]*\)>/<manifest $name\1>$versions/" \
            "$manifest" > "$app/library$number.xml"
        aapt2 link --manifest "$app/library$number.xml" -I /usr/share/android-framework-res/framework-res.apk \
            --min-sdk-version 24 --target-sdk-version 33 -o "$app/library$number.apk"
        libraries=$libraries:$app/library$number.xml
    done < "$app/libraries"
    java -cp "$jars" com.android.manifmerger.Merger --main "$app/manifest.xml" --libs "${libraries#:}" \
        --out "$app/merged.xml" --placeholder applicationId=com.example.app \
        --property MIN_SDK_VERSION=24 --property TARGET_SDK_VERSION=33
    aapt2 link --manifest "$app/merged.xml" -I /usr/share/android-framework-res/framework-res.apk \
        -o "$app/merged.apk"
    aapt2 dump permissions "$app/merged.apk" | sed -n "s/uses-permission: name='\(.*\)'/\1/p" > "$app/permissions"
done
