# tsc needs dist: some files import the package as its users do.
source "$(dirname "$0")/../common.sh"

npm run lint
