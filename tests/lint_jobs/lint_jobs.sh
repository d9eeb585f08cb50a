#!/bin/sh
# lint_jobs.sh CHAOSC: what lint prints of many files does not depend on how many are checked at once.
set -eu
chaosc=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/in"
for i in $(seq 300); do
    case $((i % 5)) in
        0) printf 'title: t%s\ndescription: d\nmethod: []\nrollback: []\n' "$i" >"$folder/in/$i.yaml" ;;
        1) printf '{"title": "t", "description": "d", "method": [{"nam": %s}]}\n' "$i" >"$folder/in/$i.json" ;;
        2) printf 'not: an experiment\n' >"$folder/in/$i.yaml" ;;
        3) printf '{"title": "t" "method": [\n' >"$folder/in/$i.json" ;;
        4) printf 'title: t\ndescription: d\nmethod: []\nzz: 1  # chaosc: ignore[W205] %s\n' "$i" >"$folder/in/$i.yaml" ;;
    esac
done
lint() { # JOBS FORMAT NAME
    "$chaosc" lint --level info --jobs "$1" --format "$2" "$folder/in" "$folder/none.yaml" "$folder/in/1.json" \
        >"$folder/$3.out" 2>"$folder/$3.err" && code=0 || code=$?
    [ "$code" = 2 ] || { echo "exit $code, not 2"; cat "$folder/$3.err"; exit 1; }
}
for format in text json sarif gitlab; do
    lint 1 $format serial
    grep -q E203 "$folder/serial.out"
    for jobs in 2 5 64; do
        lint $jobs $format parallel
        cmp "$folder/serial.out" "$folder/parallel.out"
        cmp "$folder/serial.err" "$folder/parallel.err"
    done
done
# A baseline keeps quiet in the order of the files, however they come.
"$chaosc" lint --jobs 4 --write-baseline "$folder/base.json" "$folder/in" >/dev/null 2>&1
"$chaosc" lint --jobs 4 --baseline "$folder/base.json" "$folder/in" >"$folder/quiet" 2>&1
if grep -q E203 "$folder/quiet"; then echo "the baseline of several jobs misses"; exit 1; fi
