# The README's two commands, and what is too slow for the first.
source "$(dirname "$0")/../common.sh"

npm test
