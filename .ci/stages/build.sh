# Warnings are errors in every build. The C++ tests too.
source "$(dirname "$0")/../common.sh"

npm run build:native
