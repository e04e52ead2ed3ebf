# The published shape, too: publint and attw.
source "$(dirname "$0")/../common.sh"

npm run build:ts && npm run build:check
