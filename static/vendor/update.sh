#!/bin/sh
# Fetches the vendor packages anew and rebuilds what this folder holds. Needs node, npm and uv; see README.md.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fetch() { # package version folder
    mkdir "$3"
    tar xzf "$(npm pack --silent "$1@$2")" -C "$3" --strip-components=1
}
fetch bootstrap 5.3.8 bootstrap
fetch @fontsource-variable/bricolage-grotesque 5.3.0 bricolage
fetch @fontsource-variable/hanken-grotesk 5.3.0 hanken

npm install --silent --no-save sass@1.108.2
npx sass --style=compressed --no-source-map --no-charset --quiet --load-path=bootstrap/scss \
    "$here/bootstrap/bootstrap.subset.scss" "$here/bootstrap/bootstrap.subset.min.css"
cp bootstrap/LICENSE "$here/bootstrap/LICENSE"

for range in latin latin-ext; do
    # Titles use the weights 600 to 700 only; the rest of the axis would cost 19 kB.
    uv tool run --from 'fonttools[woff]==4.60.1' fonttools varLib.instancer --quiet --no-recalc-timestamp \
        "bricolage/files/bricolage-grotesque-$range-opsz-normal.woff2" wght=600:700 opsz=14:72 \
        -o "$here/fonts/bricolage-grotesque-$range.woff2"
    cp "hanken/files/hanken-grotesk-$range-wght-normal.woff2" "$here/fonts/hanken-grotesk-$range.woff2"
done
cp bricolage/LICENSE "$here/fonts/LICENSE-bricolage-grotesque"
cp hanken/LICENSE "$here/fonts/LICENSE-hanken-grotesk"

cd "$here"
find bootstrap fonts icons -type f | sort | xargs sha256sum > SHA256SUMS
