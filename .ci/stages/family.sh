# A new family, as `npm run new` writes it: builds, is formatted, and passes the contract tests.
source "$(dirname "$0")/../common.sh"

if [ "$nightly" = yes ]; then npm run test:new -- --long; else npm run test:new; fi
