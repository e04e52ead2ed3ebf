# The README's first command.
source "$(dirname "$0")/../common.sh"

npm run demo
