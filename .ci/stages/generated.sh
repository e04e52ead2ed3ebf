# The types and tables made from the settings in C++ are those in the repository; users' modules have the declarations' types; by
# night, the site of the documentation can be made.
source "$(dirname "$0")/../common.sh"

npm run types -- --check && NONCONVEX_TESTS=long npx vitest run test/types || exit 1
if [ "$nightly" = yes ]; then npm run docs || exit 1; fi
git diff --exit-code
