#!/bin/sh
# watch.sh CHAOSC: `lint --watch` reports soon after a file was replaced by a rename, as editors save.
set -eu
folder=$(mktemp -d)
printf 'title: t\ndescription: d\nmethod: []\n' >"$folder/a.yaml"
"$1" lint --no-config --watch "$folder" >"$folder/out" 2>&1 &
watcher=$!
trap 'kill $watcher 2>/dev/null || :; rm -rf "$folder"' EXIT
for _ in $(seq 50); do grep -q 'looked at' "$folder/out" && break; sleep 0.1; done
printf 'title: t\ndescription: d\nmethod: []\nrollback: []\n' >"$folder/new"
mv "$folder/new" "$folder/a.yaml"
for _ in $(seq 50); do grep -q 'E203' "$folder/out" && exit 0; sleep 0.1; done
echo "nothing was reported:" >&2
cat "$folder/out" >&2
exit 1
