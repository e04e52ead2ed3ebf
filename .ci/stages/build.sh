# Warnings are errors in every build. The C++ tests too. Objects of entries stay small.
source "$(dirname "$0")/../common.sh"

npm run build:native
node scripts/sizes.mjs --check
