# The contract tests with each version of Node that is supported, whose program is a package of npm.
source "$(dirname "$0")/../common.sh"

name=node-$(node -p 'process.platform')-$(node -p 'process.arch')
for version in ${NODE_VERSIONS:-20 22 24}; do
  folder=$PWD/build-ci/node-$version
  mkdir -p "$folder" && npm install --no-save --no-audit --no-fund --prefix "$folder" "$name@$version" > /dev/null &&
    PATH=$folder/node_modules/$name/bin:$PATH node -e 'console.log(process.version)' &&
    PATH=$folder/node_modules/$name/bin:$PATH node node_modules/vitest/vitest.mjs run test/contract || exit 1
done
