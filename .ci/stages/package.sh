# The packed tarball in an empty folder, with no compiler in the PATH; and what keeps it from being released.
source "$(dirname "$0")/../common.sh"

npm run test:package && npm run release -- --dry-run
