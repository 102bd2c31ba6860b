#!/bin/sh
# run.sh BUILD_FOLDER TEST_PROGRAM [ARGUMENT...]: finds Chromium, Node.js and npm, installs the viewer under the build folder (once), runs the
# test program. Exit 77: something is missing, so nothing was tested.
here=$(cd "$(dirname "$0")" && pwd)
folder=$1/viewer
program=$2
shift 2

skip() {
  echo "SKIPPED: nothing was opened in another viewer: $*"
  exit 77
}

for chromium in "${TESSERA_CHROMIUM:-}" chromium chromium-browser google-chrome; do
  [ -n "$chromium" ] && "$chromium" --version >/dev/null 2>&1 && break
  chromium=
done
[ -n "$chromium" ] || skip "no Chromium (install chromium, or set TESSERA_CHROMIUM)"
command -v node >/dev/null || skip "no Node.js (install nodejs)"
node -e 'require("node:util").parseArgs || process.exit(1)' || skip "Node.js $(node --version) is too old (18.3 or newer)"

mkdir -p "$folder"
if ! cmp -s "$here/package.json" "$folder/installed.json"; then
  command -v npm >/dev/null || skip "no npm (install npm)"
  rm -rf "$folder/installed.json" "$folder/node_modules"
  cp "$here/package.json" "$folder/package.json"
  (cd "$folder" && timeout 90 npm install --ignore-scripts --no-audit --no-fund --no-package-lock --loglevel=error) >"$folder/npm.log" 2>&1 ||
    skip "npm could not install the viewer (see $folder/npm.log)"
  cp "$here/package.json" "$folder/installed.json"
fi

TESSERA_VIEWER_CHROMIUM=$chromium TESSERA_VIEWER_MODULES=$folder/node_modules exec "$program" "$@"
